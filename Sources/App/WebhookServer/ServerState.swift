internal import Platform
internal import Rules
internal import Synchronization
internal import WebhookCore

/// The state that the event loops and the main thread share.
final class ServerState: Sendable {
  let facts = FactsProvider()
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
    facts.live?.write(to: &exposition)
    if let statistics = ProcessStatistics.current { exposition.add(statistics) }
  }
}
