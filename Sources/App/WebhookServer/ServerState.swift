internal import KubeClient
internal import Reactor
internal import Rules
internal import Synchronization

/// What the loops share with each other and with the main thread.
final class ServerState: Sendable {
  let cluster = ClusterBox()
  let metrics = Metrics()
  private let log: LogQueue?
  private let draining = Atomic(false)

  /// - Parameter log: Where the lines of the log go, if they can be lost.
  init(log: LogQueue? = nil) {
    self.log = log
  }

  var isDraining: Bool {
    get { draining.load(ordering: .acquiring) }
    set { draining.store(newValue, ordering: .releasing) }
  }

  /// Why `/readyz` says no, one sentence each; empty when it says yes.
  var reasonsAgainstReadiness: [String] {
    var reasons: [String] = []
    if isDraining { reasons.append("the server is stopping") }
    let expiry = Int64(metrics.certificateExpiry.current)
    if expiry != 0, expiry <= WallClock.seconds { reasons.append("the certificate has expired") }
    if let fault = cluster.fault { reasons.append(fault.message) }
    return reasons
  }
}

extension ServerState {
  /// Everything that `/metrics` shows; whoever has more to tell adds it here.
  func write(to page: inout Exposition) {
    page.begin("build_info", .gauge, "Which version this is; the value is always 1.")
    page.add(1, ["version": Version.current])
    page.add("ready", .gauge, "Whether /readyz says yes.", reasonsAgainstReadiness.isEmpty ? 1 : 0)
    metrics.write(to: &page)
    page.add("lost_log_lines_total", .counter, "Log lines not read in time or not written.", log?.lost ?? 0)
    cluster.live?.write(to: &page)
    if let figures = ProcessFigures.current { page.add(figures) }
  }
}

/// The one place where the latest facts are: written when a cluster was read, taken once by each review.
final class ClusterBox: Sendable {
  private enum Content {
    case unread
    case snapshot(KnownCluster)
    case live(SharedCluster)
  }

  private let content = Mutex(Content.unread)

  func commit(_ facts: ClusterFacts) {
    let cluster = KnownCluster(facts)
    content.withLock { $0 = .snapshot(cluster) }
  }

  func follow(_ cluster: SharedCluster) {
    content.withLock { $0 = .live(cluster) }
  }

  func known() throws(Fault) -> KnownCluster {
    switch content.withLock({ $0 }) {
    case .unread: throw Self.unread
    case .snapshot(let cluster): return cluster
    case .live(let cluster): return try cluster.known()
    }
  }

  var fault: Fault? {
    switch content.withLock({ $0 }) {
    case .unread: Self.unread
    case .snapshot: nil
    case .live(let cluster): cluster.fault
    }
  }

  /// The cluster that is followed, if one is.
  var live: SharedCluster? {
    guard case .live(let cluster) = content.withLock({ $0 }) else { return nil }
    return cluster
  }

  private static let unread = Fault(message: "the cluster has not been read yet")
}
