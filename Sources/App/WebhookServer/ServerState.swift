internal import Platform
internal import Rules
internal import Synchronization
internal import WebhookCore

/// The state that the event loops and the main thread share.
final class ServerState: Sendable {
  let facts = FactsProvider()
  let metrics = Metrics()
  private let log: AsyncLogWriter?
  private let sizing: SizingChoice
  private let changeStart = ChangeStart()
  private let draining = Atomic(false)

  /// - Parameters:
  ///   - log: The destination of log lines, for the count of dropped ones.
  ///   - sizing: The formula for the number of addresses that Longhorn needs.
  init(log: AsyncLogWriter? = nil, sizing: SizingChoice = .automatic) {
    self.log = log
    self.sizing = sizing
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
    if let unavailableError = facts.unavailableError { reasons.append(unavailableError.message) }
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
    writeStorageNetwork(to: &exposition)
    facts.live?.write(to: &exposition)
    if let statistics = ProcessStatistics.current { exposition.add(statistics) }
  }

  /// Writes what the facts say, unless a review could not use them either.
  private func writeStorageNetwork(to exposition: inout Exposition) {
    let cluster = try? facts.currentFacts()
    let status = cluster.flatMap { StorageNetworkStatus($0.facts, sizing: sizing) }
    // While the facts are unknown, the start of the last change is kept.
    let start = status.flatMap { changeStart.update($0.change, at: WallClock.seconds) }
    exposition.add(status, changeStart: start)
  }
}
