import ChangeExecution
import Foundation
import TestSupport
import Testing

/// What `apply` refuses, before and during a change.
@Suite struct `A change is refused` {
  /// The reasons of a refusal.
  private func reasons(
    _ result: Run.Result, _ location: SourceLocation = #_sourceLocation
  ) -> String {
    guard case .stop(.refused(let reasons, _)) = result else {
      Issue.record("not refused: \(result)", sourceLocation: location)
      return ""
    }
    return reasons.joined(separator: "\n")
  }

  @Test func `without --stop-vms while machines run, with the command to use`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.options.stopsMachines = false
    let result = run.execute()
    #expect(reasons(result).contains("2 virtual machines are not stopped: default/web-1 (Running)"))
    guard case .stop(.refused(_, let advice)) = result else { return }
    #expect(advice.first?.contains("--stop-vms") == true)
    #expect(cluster.writes.isEmpty)
  }

  @Test func `where the value is wrong, with every reason`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    let text = reasons(run.execute(.apply(Array(#"{"vlan":5000,"clusterNetwork":"x","range":"10.52.0.0/24"}"#.utf8))))
    for field in ["value.vlan: ", "value.clusterNetwork: ", "value.range: "] { #expect(text.contains(field)) }
    #expect(cluster.writes.isEmpty)
  }

  @Test func `where a right is missing, before anything is stopped`() {
    let cluster = ScriptedCluster()
    cluster.denied = ["update virtualmachines/stop team-a"]
    let text = reasons(Run(cluster).execute())
    #expect(text == "not permitted: update virtualmachines.subresources.kubevirt.io/stop db in team-a")
    #expect(cluster.writes.isEmpty)
  }

  /// What the user may not do, with force, with the subresources; and the refusal, where the right is needed.
  static let rights: [(denied: String, forces: Bool, bySubresource: Bool, refusal: String?)] = [
    (
      "update virtualmachines/start team-a", false, true,
      "update virtualmachines.subresources.kubevirt.io/start db in team-a"
    ),
    // The start subresource restores `Always`, and no other strategy.
    ("patch virtualmachines team-a", false, true, nil),
    ("patch virtualmachines default", false, true, "patch virtualmachines.kubevirt.io web-1 in default"),
    ("patch virtualmachines team-a", false, false, "patch virtualmachines.kubevirt.io db in team-a"),
    ("delete virtualmachineinstances", true, true, nil), ("delete virtualmachineinstances", false, false, nil),
    (
      "delete virtualmachineinstances team-a", true, false,
      "delete virtualmachineinstances.kubevirt.io db in team-a"
    ),
    ("update virtualmachines/stop", false, false, nil),
    ("patch settings", false, true, "patch settings.harvesterhci.io storage-network"),
  ]

  @Test(arguments: rights.indices) func `where a right is missing that a step needs, and only there`(_ index: Int) {
    let (denied, forces, bySubresource, refusal) = Self.rights[index]
    let cluster = ScriptedCluster()
    cluster.servesSubresources = bySubresource
    cluster.denied = [denied]
    let run = Run(cluster)
    run.options.forcesStop = forces
    let result = run.execute()
    guard let refusal else {
      #expect(result == .outcome(.done(stillStopped: [])))
      return
    }
    #expect(reasons(result) == "not permitted: \(refusal)")
    #expect(cluster.writes.isEmpty)
  }

  @Test func `only what is left to do needs a right`() {
    let cluster = ScriptedCluster()
    let first = Run(cluster)
    first.options.startsMachines = false
    first.execute()
    cluster.denied = ["update virtualmachines/stop"]
    #expect(Run(cluster).execute(.resume) == .outcome(.done(stillStopped: [])))
  }

  @Test func `a right for one machine by its name is enough`() {
    let cluster = ScriptedCluster()
    // Of the whole namespace it is denied.
    cluster.denied = ["update virtualmachines/stop team-a $"]
    #expect(Run(cluster).execute() == .outcome(.done(stillStopped: [])))
    cluster.denied.append("update virtualmachines/stop team-a db$")
    #expect(reasons(Run(cluster).execute(.apply([]))).hasSuffix("/stop db in team-a"))
  }

  @Test func `where machines of other namespaces run, and they are named`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.options.namespaces = ["default"]
    #expect(reasons(run.execute()).contains("1 virtual machine of other namespaces runs: team-a/db"))
    #expect(cluster.writes.isEmpty)
    run.options.namespaces = ["default", "team-a"]
    let second = Run(cluster)
    second.options.namespaces = ["default", "team-a"]
    #expect(second.execute() == .outcome(.done(stillStopped: [])))
  }

  @Test func `where the answer is no, and nothing was changed`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.answer = false
    #expect(run.execute() == .stop(.declined))
    #expect(cluster.writes.isEmpty)
  }

  @Test func `where the value is changed while the user is asked, before anything is stopped`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.whileAsked = { _ in cluster.setValue(#"{"vlan":7}"#, by: "kubectl-edit") }
    #expect(reasons(run.execute()).contains("changed by another client (kubectl-edit"))
    #expect(cluster.writes.isEmpty)
  }

  /// What the user may not do with the machine, and the words of the refusal.
  static let limits: [(limit: @Sendable (Run) -> Void, words: String)] = [
    ({ $0.options.namespaces = ["default"] }, "1 virtual machine of other namespaces runs: team-a/db"),
    ({ $0.cluster.denied = ["update virtualmachines/stop team-a"] }, "not permitted: update virtualmachines"),
    ({ $0.options.stopsMachines = false }, "1 virtual machine is not stopped: team-a/db (Running)"),
  ]

  @Test(arguments: limits.indices)
  func `where a machine is started while the user is asked that must not be stopped`(_ index: Int) {
    let cluster = ScriptedCluster()
    for machine in ["default/web-1", "team-a/db"] { cluster.haltMachine(machine) }
    let run = Run(cluster)
    Self.limits[index].limit(run)
    run.whileAsked = { _ in
      cluster.startMachine("team-a/db")
      for _ in 0..<6 { cluster.tick() }
    }
    #expect(reasons(run.execute()).contains(Self.limits[index].words))
    #expect(cluster.writes.isEmpty)
  }

  @Test(arguments: [ChangeRecord.Phase.stopping, .stopped])
  func `where a machine is started by another client meanwhile, and it is named`(_ phase: ChangeRecord.Phase) {
    let cluster = ScriptedCluster(machines: ["default/web-1": "RerunOnFailure", "team-a/db": "Always"])
    cluster.edit(ScriptedCluster.machinePath("team-a/db")) { $0["spec"] = ["runStrategy": "Halted"] }
    for _ in 0..<6 { cluster.tick() }
    #expect(cluster.status(of: "team-a/db") == "Stopped")
    let run = Run(cluster)
    var isStarted = false
    run.meanwhile = { run in
      guard run.phases.last == phase, !isStarted else { return }
      isStarted = true
      cluster.startMachine("team-a/db", by: "virtctl")
      cluster.tick()
    }
    // A conflict lets the step that writes the value look again.
    cluster.interception = { method, path in
      method == "PATCH" && path == ScriptedCluster.settingPath && !isStarted ? (409, "{}") : nil
    }
    let result = run.execute()
    #expect(
      reasons(result).contains("started meanwhile by another client: team-a/db (Starting, last changed by virtctl at"))
    #expect(isStarted)
    #expect(run.phases.last == phase)
    #expect(cluster.storedValue == "")
    #expect(cluster.hasRecord)
    // Its owner stops it again, and the change goes on.
    cluster.edit(ScriptedCluster.machinePath("team-a/db")) { $0["spec"] = ["runStrategy": "Halted"] }
    for _ in 0..<8 { cluster.tick() }
    let next = Run(cluster, session: "2")
    #expect(next.execute(.resume) == .outcome(.done(stillStopped: [])))
    #expect(cluster.status(of: "team-a/db") == "Stopped")
  }

  @Test func `where one of the own machines is started again by another client`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    cluster.stubborn = ["team-a/db"]
    var isStarted = false
    run.meanwhile = { _ in
      guard !isStarted, cluster.status(of: "default/web-1") == "Stopped" else { return }
      isStarted = true
      cluster.startMachine("default/web-1")
    }
    #expect(reasons(run.execute()).contains("started meanwhile by another client: default/web-1"))
  }

  @Test(arguments: [ChangeRecord.Phase.stopping, .written])
  func `where the value is changed by another client, and the client is named`(_ phase: ChangeRecord.Phase) {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    var isChanged = false
    run.meanwhile = { run in
      guard !isChanged, run.phases.last == phase else { return }
      isChanged = true
      cluster.setValue(#"{"vlan":7}"#, by: "kubectl-edit")
    }
    let text = reasons(run.execute())
    #expect(text.contains("changed by another client (kubectl-edit at 2026-11-29T08:00:00Z): it is now {\"vlan\":7}"))
    #expect(cluster.storedValue == #"{"vlan":7}"#)
    #expect(cluster.hasRecord)
  }

  @Test func `where Harvester or a webhook denies the value, with its reasons`() {
    let cluster = ScriptedCluster()
    cluster.interception = { method, path in
      guard method == "PATCH", path == ScriptedCluster.settingPath else { return nil }
      return (
        422,
        #"{"message":"denied","details":{"causes":[{"field":"value.range","message":"Forbidden: no"},{"field":"value","message":"also no"}]}}"#
      )
    }
    #expect(reasons(Run(cluster).execute()) == "value.range: Forbidden: no\nvalue: also no")
    cluster.interception = nil
    let next = Run(cluster, session: "2")
    #expect(next.execute(.resume) == .outcome(.done(stillStopped: [])))
  }

  @Test func `where another value is being applied`() {
    let cluster = ScriptedCluster()
    let first = Run(cluster)
    first.kill = Run.Kill(write: 3, isTaken: true)
    first.execute()
    let second = Run(cluster)
    let text = reasons(second.execute(.apply([])))
    #expect(text.contains("is recorded since"))
    #expect(text.contains("by ann@laptop"))
  }

  @Test func `two that begin at once are told of each other`() {
    let cluster = ScriptedCluster()
    let first = Run(cluster)
    let second = Run(cluster)
    (second.options.holder, second.options.session) = ("bob@desk", "2")
    // Between the look and the write of the second one, the first one records its change.
    first.kill = Run.Kill(write: 2, isTaken: false)
    var isBegun = false
    cluster.interception = { method, path in
      guard method == "POST", path.hasSuffix("/configmaps"), !isBegun else { return nil }
      isBegun = true
      first.execute()
      return nil
    }
    #expect(reasons(second.execute()).hasPrefix("ann@laptop has taken the change over at"))
  }

  @Test func `a process learns that another one has taken over`() {
    let cluster = ScriptedCluster()
    cluster.stubborn = ["team-a/db"]
    let first = Run(cluster)
    var isTaken = false
    first.meanwhile = { run in
      guard !isTaken, run.phases.last == .stopping, run.elapsed > .seconds(10) else { return }
      isTaken = true
      let second = Run(cluster)
      (second.options.holder, second.options.session) = ("bob@desk", "2")
      second.options.timeout = .seconds(5)
      second.execute(.resume)
    }
    #expect(reasons(first.execute()).hasPrefix("bob@desk has taken the change over at"))
    #expect(first.elapsed < .seconds(20))
  }

  @Test func `where the record is deleted by another client`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.meanwhile = { run in if run.phases.last == .stopping { cluster.delete(ScriptedCluster.recordPath) } }
    #expect(
      reasons(run.execute()) == """
        the ConfigMap harvester-system/storage-network-change was deleted by another client
        outside of the change 2 virtual machines run, with this run strategy: default/web-1 (RerunOnFailure) and team-a/db (Always)
        the value before the change is the empty value
        """)
  }

  @Test func `where the record cannot be removed at the end`() {
    let cluster = ScriptedCluster()
    cluster.interception = { method, path in
      method == "DELETE" && path == ScriptedCluster.recordPath ? (409, "{}") : nil
    }
    #expect(
      Run(cluster).execute()
        == .stop(
          .unavailable(
            """
            the change is complete, but its record harvester-system/storage-network-change changes faster than it can be \
            deleted
            """, advice: ["to delete it: storage-network-webhook apply --resume"])))
  }
}
