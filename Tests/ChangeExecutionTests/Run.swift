import ChangeExecution
import ClusterState
import Foundation
import Rules
import TestSupport

/// One process that executes a change on a scripted cluster, with a clock of its own.
final class Run {
  let cluster: ScriptedCluster
  private(set) var log: [(event: ChangeEvent, elapsed: Duration)] = []
  var events: [ChangeEvent] { log.map(\.event) }
  private(set) var elapsed = Duration.zero
  private var isDead = false
  private var writes = 0
  private var known: (version: Int, facts: ChangeFacts, inspected: VerifySnapshot)?

  /// When the process is killed: at its N-th write, before or after the cluster has taken it.
  struct Kill {
    let write: Int
    let isTaken: Bool
  }
  var kill: Kill?
  /// While it is true, the API server does not answer.
  var isAway: (Run) -> Bool = { _ in false }
  /// Called before each pause, for what others do meanwhile.
  var meanwhile: (Run) -> Void = { _ in }
  var answer = true
  /// Called while the user is asked, for what others do meanwhile.
  var whileAsked: (Run) -> Void = { _ in }

  var options: ChangeOptions = {
    var options = ChangeOptions()
    (options.stopsMachines, options.startsMachines) = (true, true)
    options.holder = "ann@laptop"
    return options
  }()

  /// - Parameter session: Another one is another process.
  init(_ cluster: ScriptedCluster, session: String = "1") {
    self.cluster = cluster
    options.session = session
  }

  enum Result: Equatable {
    case outcome(ChangeOutcome)
    case stop(ChangeStop)
    case killed
  }

  @discardableResult
  func execute(_ command: ChangeCommand = .apply(Array(ScriptedCluster.value.utf8))) -> Result {
    let executor = ChangeExecutor(
      world, options, confirm: { () throws(ChangeStop) in self.confirm() }, report: { self.record($0) })
    do throws(ChangeStop) {
      let outcome = try executor.run(command)
      record(.ended(outcome))
      return isDead ? .killed : .outcome(outcome)
    } catch {
      record(.stopped(error))
      return isDead ? .killed : .stop(error)
    }
  }

  private func confirm() -> Bool {
    if !isDead { whileAsked(self) }
    return answer
  }

  /// The phases that were entered, in order.
  var phases: [ChangeRecord.Phase] {
    events.compactMap { if case .entered(let record) = $0 { record.phase } else { nil } }
  }

  private func record(_ event: ChangeEvent) {
    if !isDead { log.append((event, elapsed)) }
  }

  private var world: ChangeCluster {
    ChangeCluster(
      exchange: { request throws(Unanswered) in try self.exchange(request) },
      facts: { try self.look().facts },
      inspect: { try self.look().inspected },
      elapsed: { self.elapsed },
      pause: { self.pause($0) },
      timestamp: { "2026-11-29T08:00:\(self.elapsed.components.seconds % 60 + 10)Z" })
  }

  /// What the readers make of the cluster's present state.
  private func look() throws -> (facts: ChangeFacts, inspected: VerifySnapshot) {
    try requireLife()
    let version = cluster.currentVersion
    if let known, known.version == version { return (known.facts, known.inspected) }
    var objects = ObjectStore()
    var inspected = VerifySnapshot()
    for text in cluster.allTexts {
      try objects.add(text.span)
      try inspected.add(text.span)
    }
    let facts = ChangeFacts(objects.facts, objects.storageUsers)
    known = (version, facts, inspected)
    return (facts, inspected)
  }

  private func requireLife() throws(Unanswered) {
    if isDead { throw Unanswered("killed") }
    if isAway(self) { throw Unanswered("connection refused") }
  }

  private func exchange(_ request: APIRequest) throws(Unanswered) -> APIResponse {
    try requireLife()
    let isWrite = request.method != "GET" && !request.path.hasSuffix("accessreviews")
    if isWrite { writes += 1 }
    if isWrite, let kill, writes == kill.write, !kill.isTaken { try die() }
    let body = request.body.map { String(decoding: $0, as: UTF8.self) } ?? ""
    let (status, text) = cluster.answer(request.method, request.path, body)
    if isWrite, let kill, writes == kill.write { try die() }
    return APIResponse(status: status, body: Array(text.utf8))
  }

  private func die() throws(Unanswered) {
    isDead = true
    throw Unanswered("killed")
  }

  private func pause(_ duration: Duration) {
    elapsed += isDead ? .seconds(100_000) : duration
    if isDead { return }
    meanwhile(self)
    cluster.tick()
  }
}
