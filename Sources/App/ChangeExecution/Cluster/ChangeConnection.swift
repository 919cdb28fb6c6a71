internal import ClusterState
internal import Reports
internal import Rules

/// The cluster with a timeout: until then, an API server that does not answer is asked again.
final class ChangeConnection {
  let cluster: ChangeCluster
  let options: ChangeOptions
  let report: (ChangeEvent) -> Void
  /// Since when nothing has answered; nil while the API server answers.
  private var outageBegan: Duration?
  /// The sum of the outages that are over.
  private var downtime = Duration.zero
  /// Whether a change is recorded in the cluster, so that another call can go on with it.
  var isRecorded = false
  /// Before the first answer an error is a mistake of the operator, afterwards it may be temporary.
  private var hasAnswered = false

  init(_ cluster: ChangeCluster, _ options: ChangeOptions, _ report: @escaping (ChangeEvent) -> Void) {
    self.cluster = cluster
    self.options = options
    self.report = report
  }

  /// The time during which the API server answered. What must move within a timeout is measured by it: nothing can be seen
  /// to move during an outage.
  var uptime: Duration { cluster.elapsed() - downtime }

  /// Sends a request until there is an answer that another attempt would not change.
  func send(_ request: APIRequest) throws(ChangeStop) -> APIResponse { try send(request) { !$0.isTemporary } }

  /// Sends a request about one machine. KubeVirt answers 500 if it must not change this machine, as by a quota or another
  /// webhook's denial, so this status is no outage.
  func send(aboutMachine request: APIRequest) throws(ChangeStop) -> APIResponse {
    try send(request) { $0.status == 500 || !$0.isTemporary }
  }

  private func send(_ request: APIRequest, until isFinal: (APIResponse) -> Bool) throws(ChangeStop) -> APIResponse {
    while true {
      let start = cluster.elapsed()
      let reason: String
      do throws(Unanswered) {
        let response = try cluster.exchange(request)
        if isFinal(response) {
          reached()
          return response
        }
        reason = response.message
      } catch {
        reason = error.description
      }
      try unreached(reason, since: start)
    }
  }

  /// Returns the facts of the rules.
  func facts() throws(ChangeStop) -> ChangeFacts { try read(cluster.facts) }

  func inspect() throws(ChangeStop) -> VerifySnapshot { try read(cluster.inspect) }

  private func read<Value>(_ read: () throws -> Value) throws(ChangeStop) -> Value {
    while true {
      let start = cluster.elapsed()
      let reason: String
      do {
        let value = try read()
        reached()
        return value
      } catch {
        reason = "\(error)"
      }
      try unreached(reason, since: start)
    }
  }

  private func reached() {
    hasAnswered = true
    guard let began = outageBegan else { return }
    outageBegan = nil
    downtime += cluster.elapsed() - began
    report(.unreachable(nil))
  }

  private func unreached(_ reason: String, since start: Duration) throws(ChangeStop) {
    guard hasAnswered else { throw .unavailable(reason) }
    let began = outageBegan ?? start
    if outageBegan == nil {
      outageBegan = start
      report(.unreachable(reason))
    }
    if cluster.elapsed() - began >= options.timeout {
      throw .unavailable(
        "the API server has not answered for \(options.timeout.words): \(reason)",
        advice: [
          "when it answers again, "
            + (isRecorded ? "go on: \(options.command("apply", "--resume"))" : "begin anew; nothing was changed")
        ])
    }
    cluster.pause(Self.retryDelay)
  }

  private static let retryDelay: Duration = .seconds(1)
}
