import ChangeExecution
import ClusterState
import Reports
import TestSupport

/// One call of `verify --reclaim` on a scripted cluster.
final class ReclaimRun {
  let cluster: ScriptedCluster
  private(set) var events: [ReclaimEvent] = []
  private(set) var requests: [String] = []
  /// Called before each request, for what others do meanwhile.
  var before: (_ request: String) -> Void = { _ in }
  /// The requests without an answer.
  var isAway: (_ request: String) -> Bool = { _ in false }

  enum Result: Equatable {
    case outcome(ReclaimOutcome)
    case stop(ChangeStop)
  }

  init(_ cluster: ScriptedCluster) {
    self.cluster = cluster
  }

  @discardableResult
  func execute(_ consent: ReclaimExecutor.Consent = .given) -> Result {
    let executor = ReclaimExecutor(
      ReclaimCluster(
        exchange: { request throws(Unanswered) in try self.exchange(request) }, inspect: { try self.inspect() }),
      ProgramCommand(), consent, report: { self.events.append($0) })
    do throws(ChangeStop) {
      let outcome = try executor.run()
      events.append(.ended(outcome))
      return .outcome(outcome)
    } catch {
      events.append(.stopped(error))
      return .stop(error)
    }
  }

  private func inspect() throws -> VerifySnapshot {
    var snapshot = VerifySnapshot()
    for text in cluster.allTexts { try snapshot.add(text.span) }
    return snapshot
  }

  private func exchange(_ request: APIRequest) throws(Unanswered) -> APIResponse {
    let line = "\(request.method) \(request.path)"
    before(line)
    if isAway(line) { throw Unanswered("connection refused") }
    requests.append(line)
    let body = request.body.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let (status, text) = cluster.answer(request.method, request.path, body)
    return APIResponse(status: status, body: Array(text.utf8))
  }

  /// What is printed to a pipe.
  var text: String {
    var screen = ReclaimScreen(.plain, Kubectl())
    return events.map { screen.render($0) }.joined()
  }

  /// The lines about single objects.
  var lines: [String] {
    events.compactMap { event in
      switch event {
      case .removed, .alreadyGone, .conflict, .kept, .podReturned, .unconfirmed:
        event.styledText(Kubectl())?.lines.flatMap(\.runs).map(\.text).joined()
      default: nil
      }
    }
  }
}
