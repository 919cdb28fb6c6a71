internal import KubeClient
internal import Platform
internal import Rules
internal import Synchronization

/// The state that the event loops and the main thread share.
final class ServerState: Sendable {
  let cluster = ClusterStore()
  let metrics = Metrics()
  private let log: AsyncLogWriter?
  private let draining = Atomic(false)

  /// - Parameter log: The destination of log lines, for the count of dropped ones.
  init(log: AsyncLogWriter? = nil) {
    self.log = log
  }

  var isDraining: Bool {
    get { draining.load(ordering: .acquiring) }
    set { draining.store(newValue, ordering: .releasing) }
  }

  /// Why `/readyz` fails, one sentence each; empty if the server is ready.
  var notReadyReasons: [String] {
    var reasons: [String] = []
    if isDraining { reasons.append("the server is stopping") }
    let expiry = Int64(metrics.certificateExpiry.current)
    if expiry != 0, expiry <= WallClock.seconds { reasons.append("the certificate has expired") }
    if let unavailableError = cluster.unavailableError { reasons.append(unavailableError.message) }
    return reasons
  }
}

extension ServerState {
  /// Writes the body of `/metrics`. Add further metrics here.
  func write(to exposition: inout Exposition) {
    exposition.begin("build_info", .gauge, "Version of the program; the value is always 1.")
    exposition.add(1, ["version": Version.current])
    exposition.add("ready", .gauge, "Whether /readyz succeeds.", notReadyReasons.isEmpty ? 1 : 0)
    metrics.write(to: &exposition)
    exposition.add(
      "log_lines_dropped_total", .counter, "Log lines that were dropped or not written.", log?.dropped ?? 0)
    cluster.live?.write(to: &exposition)
    if let statistics = ProcessStatistics.current { exposition.add(statistics) }
  }
}

/// The latest facts: written after each read of the cluster, read once by each review.
final class ClusterStore: Sendable {
  private enum Content {
    case unknown(UnavailableError)
    case snapshot(SharedFacts)
    case live(SharedClusterCache)
  }

  private let content = Mutex(
    Content.unknown(UnavailableError(message: "the cluster's state is unknown: nothing has been read yet")))

  /// Makes the facts unavailable, with this error, until they are published.
  func markUnavailable(_ unavailableError: UnavailableError) {
    content.withLock { $0 = .unknown(unavailableError) }
  }

  func publish(_ facts: ClusterFacts) {
    let cluster = SharedFacts(facts)
    content.withLock { $0 = .snapshot(cluster) }
  }

  func attach(_ cluster: SharedClusterCache) {
    content.withLock { $0 = .live(cluster) }
  }

  func currentFacts() throws(UnavailableError) -> SharedFacts {
    switch content.withLock({ $0 }) {
    case .unknown(let unavailableError): throw unavailableError
    case .snapshot(let cluster): return cluster
    case .live(let cluster): return try cluster.currentFacts()
    }
  }

  var unavailableError: UnavailableError? {
    switch content.withLock({ $0 }) {
    case .unknown(let unavailableError): unavailableError
    case .snapshot: nil
    case .live(let cluster): cluster.unavailableError
    }
  }

  /// The cache of the watched cluster; nil without one.
  var live: SharedClusterCache? {
    guard case .live(let cluster) = content.withLock({ $0 }) else { return nil }
    return cluster
  }
}
