import ChangeExecution
import Foundation
import TestSupport
import Testing

/// A process that ends at any write, and another one that goes on.
@Suite struct `An interrupted change` {
  static let value = Array(ScriptedCluster.value.utf8)

  /// The writes of an undisturbed run.
  static let writes = writes(servesSubresources: true)

  private static func writes(servesSubresources: Bool) -> [ScriptedCluster.Write] {
    let cluster = ScriptedCluster()
    cluster.servesSubresources = servesSubresources
    Run(cluster).execute()
    return cluster.writes
  }

  static let kills = kills(at: writes)
  static let killsWithoutSubresources = kills(at: writes(servesSubresources: false))

  private static func kills(at writes: [ScriptedCluster.Write]) -> [Run.Kill] {
    (1...writes.count).flatMap { write in [false, true].map { Run.Kill(write: write, isTaken: $0) } }
  }

  /// Whether a change is recorded after a kill: from the first write to the last one.
  private static func leavesRecord(_ kill: Run.Kill, of kills: [Run.Kill]) -> Bool {
    let count = kills.last?.write ?? 0
    return kill.isTaken ? kill.write < count : kill.write > 1
  }

  /// Returns a cluster with a change whose process was killed.
  private static func interrupted(
    _ kill: Run.Kill, of kills: [Run.Kill], servesSubresources: Bool = true,
    _ location: SourceLocation = #_sourceLocation
  ) -> ScriptedCluster {
    let cluster = ScriptedCluster()
    cluster.servesSubresources = servesSubresources
    let run = Run(cluster)
    run.kill = kill
    #expect(run.execute() == .killed, sourceLocation: location)
    #expect(cluster.hasRecord == leavesRecord(kill, of: kills), sourceLocation: location)
    return cluster
  }

  /// Everything is as an undisturbed run leaves it.
  static func expectDone(
    _ cluster: ScriptedCluster, value: String = ScriptedCluster.value, _ location: SourceLocation = #_sourceLocation
  ) {
    // Nothing is left on its way.
    for _ in 0..<8 { cluster.tick() }
    #expect(cluster.storedValue == value, sourceLocation: location)
    #expect(cluster.status(of: "default/web-1") == "Running", sourceLocation: location)
    #expect(cluster.status(of: "team-a/db") == "Running", sourceLocation: location)
    #expect(cluster.strategy(of: "default/web-1") == "RerunOnFailure", sourceLocation: location)
    #expect(cluster.strategy(of: "team-a/db") == "Always", sourceLocation: location)
    #expect(!cluster.hasRecord, sourceLocation: location)
  }

  @Test func `an undisturbed run records first, writes the value once and removes the record last`() {
    let writes = Self.writes.map(\.description)
    #expect(writes.first == "POST /api/v1/namespaces/harvester-system/configmaps")
    #expect(writes.last == "DELETE \(ScriptedCluster.recordPath)")
    #expect(writes.count { $0 == "PATCH \(ScriptedCluster.settingPath)" } == 1)
    #expect(writes.count { $0.hasSuffix("/stop") } == 2)
    #expect(writes.count { $0.hasSuffix("/start") } == 2)
  }

  @Test(arguments: kills.indices, [ChangeCommand.apply(value), .resume])
  func `killed at any write, the next call goes on to the same end`(_ index: Int, _ command: ChangeCommand) {
    let kill = Self.kills[index]
    let cluster = Self.interrupted(kill, of: Self.kills)
    let wasRecorded = cluster.hasRecord
    let second = Run(cluster, session: "2")
    let result = second.execute(command)
    if wasRecorded || command != .resume {
      let isUnchanged = !wasRecorded && cluster.storedValue == ScriptedCluster.value && kill.write > 1
      #expect(result == .outcome(isUnchanged ? .unchanged : .done(stillStopped: [])), "\(kill): \(result)")
      Self.expectDone(cluster)
      #expect(cluster.writes.count { $0.path == ScriptedCluster.settingPath } == 1)
    } else {
      guard case .stop(.refused(let reasons, _)) = result else {
        Issue.record("\(kill): \(result)")
        return
      }
      #expect(reasons == ["no change is recorded"])
    }
  }

  @Test(arguments: kills.indices) func `killed at any write, a revert leads back`(_ index: Int) {
    let kill = Self.kills[index]
    let cluster = Self.interrupted(kill, of: Self.kills)
    guard cluster.hasRecord else { return }
    let second = Run(cluster, session: "2")
    #expect(second.execute(.revert) == .outcome(.reverted), "\(kill)")
    Self.expectDone(cluster, value: "")
  }

  @Test(arguments: killsWithoutSubresources.indices)
  func `killed at any write, without the subresources`(_ index: Int) {
    let kill = Self.killsWithoutSubresources[index]
    let cluster = Self.interrupted(kill, of: Self.killsWithoutSubresources, servesSubresources: false)
    guard cluster.hasRecord else { return }
    let second = Run(cluster, session: "2")
    #expect(second.execute(.resume) == .outcome(.done(stillStopped: [])), "\(kill)")
    Self.expectDone(cluster)
  }

  @Test func `a revert can be killed at any write, too`() {
    func cluster() -> ScriptedCluster {
      let cluster = ScriptedCluster()
      cluster.hangsAt = "Update Longhorn setting"
      let run = Run(cluster)
      guard case .stop(.stuck) = run.execute() else {
        Issue.record("the change is not stuck")
        return cluster
      }
      cluster.hangsAt = nil
      return cluster
    }
    var count = 0
    do {
      let cluster = cluster()
      let before = cluster.writes.count
      #expect(Run(cluster).execute(.revert) == .outcome(.reverted))
      count = cluster.writes.count - before
    }
    #expect(count > 4)
    for write in 1...count {
      for isTaken in [false, true] {
        let cluster = cluster()
        let first = Run(cluster)
        first.kill = Run.Kill(write: write, isTaken: isTaken)
        #expect(first.execute(.revert) == .killed)
        #expect(cluster.hasRecord == !(isTaken && write == count))
        if cluster.hasRecord {
          let second = Run(cluster, session: "2")
          #expect(second.execute(.revert) == .outcome(.reverted), "\(write) \(isTaken)")
        }
        Self.expectDone(cluster, value: "")
      }
    }
  }

  @Test(arguments: [ChangeRecord.Phase.prepared, .stopping, .stopped, .written, .verified, .starting])
  func `an API server that is away for a minute delays the change only`(_ phase: ChangeRecord.Phase) {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    var since: Duration?
    run.isAway = { run in
      if run.phases.last == phase, since == nil { since = run.elapsed }
      return since.map { run.elapsed - $0 < .seconds(60) } ?? false
    }
    #expect(run.execute() == .outcome(.done(stillStopped: [])))
    Self.expectDone(cluster)
    let outages = run.events.compactMap { if case .unreachable(let reason) = $0 { reason != nil } else { nil } }
    #expect(outages == [true, false])
    #expect(run.elapsed > .seconds(60))
  }

  @Test func `an outage is no time in which a machine did not stop`() {
    let cluster = ScriptedCluster()
    cluster.stubborn = ["team-a/db"]
    let run = Run(cluster)
    run.options.forcesStop = true
    run.isAway = { $0.elapsed > .seconds(10) && $0.elapsed < .seconds(260) }
    // The machine is seen running for 10 s before the outage and for 50 s after it.
    run.meanwhile = { run in if run.elapsed >= .seconds(310) { cluster.stubborn = [] } }
    #expect(run.execute() == .outcome(.done(stillStopped: [])))
    let isForced = run.events.contains { if case .requested(.forceStop, _) = $0 { true } else { false } }
    #expect(!isForced)
    #expect(run.elapsed > .seconds(310))
    Self.expectDone(cluster)
  }

  @Test func `an outage is no time in which Harvester did not move, or a machine did not start`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    cluster.hangsAt = "Stopping Pods"
    cluster.broken = ["team-a/db"]
    var following: Duration?
    var starting: Duration?
    run.isAway = { run in
      if run.phases.last == .written { following = following ?? run.elapsed }
      if run.phases.last == .starting { starting = starting ?? run.elapsed }
      return [following, starting].contains { since in
        since.map { run.elapsed > $0 + .seconds(60) && run.elapsed < $0 + .seconds(310) } ?? false
      }
    }
    run.meanwhile = { run in
      if let following, run.elapsed > following + .seconds(330) { cluster.hangsAt = nil }
      if let starting, run.elapsed > starting + .seconds(330) { cluster.broken = [] }
    }
    #expect(run.execute() == .outcome(.done(stillStopped: [])))
    #expect(run.elapsed > .seconds(660))
    Self.expectDone(cluster)
  }

  @Test func `an API server that stays away ends the run, not the change`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.isAway = { $0.phases.last == .stopping }
    guard case .stop(.unavailable(let reason, let advice)) = run.execute() else {
      Issue.record("it must end")
      return
    }
    #expect(reason == "the API server has not answered for 5 min 00 s: connection refused")
    #expect(advice == ["when it answers again, go on: storage-network-webhook apply --resume"])
    let next = Run(cluster, session: "2")
    // The first call has asked for it.
    next.options.startsMachines = false
    #expect(next.execute(.resume) == .outcome(.done(stillStopped: [])))
    Self.expectDone(cluster)
  }

  @Test func `an API server that goes away before anything is recorded leaves nothing to resume`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    var isAway = false
    run.whileAsked = { _ in isAway = true }
    run.isAway = { _ in isAway }
    guard case .stop(.unavailable(_, let advice)) = run.execute() else {
      Issue.record("it must end")
      return
    }
    #expect(advice == ["when it answers again, begin anew; nothing was changed"])
    #expect(cluster.writes.isEmpty)
  }

  @Test func `without an answer at the beginning nothing is tried again`() {
    let run = Run(ScriptedCluster())
    run.isAway = { _ in true }
    #expect(run.execute() == .stop(.unavailable("connection refused", advice: [])))
    #expect(run.elapsed == .zero)
  }
}
