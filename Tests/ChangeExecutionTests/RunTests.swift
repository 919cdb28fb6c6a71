import ChangeExecution
import Foundation
import Reports
import TestSupport
import Testing

/// Changes that run to an end, of one process.
@Suite struct `A change` {
  @Test func `passes every phase, and starts the machines as they were`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    #expect(run.execute() == .outcome(.done(stillStopped: [])))
    #expect(run.phases == ChangeRecord.Phase.allCases)
    `An interrupted change`.expectDone(cluster)
  }

  @Test func `records every machine with its run strategy and the value before, before it stops one`() throws {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.kill = Run.Kill(write: 2, isTaken: false)
    run.execute()
    let record = try #require(cluster.record)
    #expect(record["originalValue"] == "")
    #expect(record["values"]?.contains("192.168.0.0/24") == true)
    #expect(
      record["virtualMachines"]
        == #"[{"name":"web-1","namespace":"default","runStrategy":"RerunOnFailure","uid":"uid-web-1"},{"name":"db","namespace":"team-a","runStrategy":"Always","uid":"uid-db"}]"#
    )
    #expect(record["startVMs"] == "true")
    #expect(record["holder"] == "ann@laptop")
    #expect(cluster.status(of: "team-a/db") == "Running")
  }

  @Test func `without --start-vms the record stays, and the next call starts the machines`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.options.startsMachines = false
    guard case .outcome(.done(let machines, let command)) = run.execute() else {
      Issue.record("it must be done")
      return
    }
    #expect(machines.map(\.reference) == ["default/web-1", "team-a/db"])
    #expect(command == "storage-network-webhook apply --resume --start-vms")
    #expect(cluster.status(of: "team-a/db") == "Stopped")
    #expect(cluster.hasRecord)
    let next = Run(cluster)
    #expect(next.execute(.resume) == .outcome(.done(stillStopped: [])))
    `An interrupted change`.expectDone(cluster)
  }

  @Test func `machines that were started by hand need no record`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.options.startsMachines = false
    run.execute()
    for machine in ["default/web-1", "team-a/db"] { cluster.startMachine(machine) }
    for _ in 0..<6 { cluster.tick() }
    let next = Run(cluster)
    next.options.startsMachines = false
    #expect(next.execute(.resume) == .outcome(.done(stillStopped: [])))
    #expect(!cluster.hasRecord)
  }

  @Test func `of the value that is stored already changes nothing`() {
    let cluster = ScriptedCluster()
    Run(cluster).execute()
    let writes = cluster.writes.count
    let spelled = #"{ "range" : "192.168.0.0/24", "clusterNetwork": "storage", "vlan": 100 }"#
    #expect(Run(cluster).execute(.apply(Array(spelled.utf8))) == .outcome(.unchanged))
    #expect(cluster.writes.count == writes)
  }

  @Test func `disables the storage network again`() {
    let cluster = ScriptedCluster()
    Run(cluster).execute()
    #expect(Run(cluster).execute(.apply([])) == .outcome(.done(stillStopped: [])))
    `An interrupted change`.expectDone(cluster, value: "")
  }

  @Test func `without the subresources the run strategy is changed and restored`() {
    let cluster = ScriptedCluster()
    cluster.servesSubresources = false
    #expect(Run(cluster).execute() == .outcome(.done(stillStopped: [])))
    `An interrupted change`.expectDone(cluster)
    #expect(!cluster.writes.contains { $0.path.contains("subresources") })
  }

  @Test func `a conflict is checked and written again`() {
    let cluster = ScriptedCluster()
    var conflicts = 0
    cluster.interception = { method, path in
      guard method == "PATCH", path == ScriptedCluster.settingPath, conflicts < 3 else { return nil }
      conflicts += 1
      return (409, "{}")
    }
    #expect(Run(cluster).execute() == .outcome(.done(stillStopped: [])))
    #expect(conflicts == 3)
  }

  @Test(arguments: ["team-a/db", "default/web-1"])
  func `a machine that is deleted meanwhile needs nothing more`(_ machine: String) {
    for phase in [ChangeRecord.Phase.stopping, .written, .starting] {
      let cluster = ScriptedCluster()
      let run = Run(cluster)
      run.meanwhile = { run in if run.phases.last == phase { cluster.deleteMachine(machine) } }
      #expect(run.execute() == .outcome(.done(stillStopped: [])), "\(phase)")
      #expect(cluster.storedValue == ScriptedCluster.value)
      #expect(!cluster.hasRecord)
    }
  }

  @Test func `another machine with the name of one that was stopped is left alone`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.meanwhile = { run in
      guard run.phases.last == .written else { return }
      cluster.edit(ScriptedCluster.machinePath("team-a/db")) { machine in
        machine["metadata"] = ["name": "db", "namespace": "team-a", "uid": "another"]
      }
    }
    #expect(run.execute() == .outcome(.done(stillStopped: [])))
    #expect(cluster.status(of: "team-a/db") == "Stopped")
    #expect(cluster.status(of: "default/web-1") == "Running")
  }

  @Test func `a machine that does not stop is named, and forced only with --force-stop`() {
    let cluster = ScriptedCluster()
    cluster.stubborn = ["team-a/db"]
    let run = Run(cluster)
    guard case .stop(.stuck(let reason, let advice)) = run.execute() else {
      Issue.record("it must be stuck")
      return
    }
    #expect(
      reason
        == "nothing has moved for 5 min 00 s; not stopped: team-a/db (Stopping); still attached: pvc-db")
    #expect(advice.first?.contains("--force-stop") == true)
    #expect(cluster.storedValue == "")
    let next = Run(cluster)
    next.options.forcesStop = true
    #expect(next.execute(.resume) == .outcome(.done(stillStopped: [])))
    let forced = next.events.contains {
      if case .requested(.forceStop, let machine) = $0 { machine.name == "db" } else { false }
    }
    #expect(forced)
    `An interrupted change`.expectDone(cluster)
  }

  @Test func `a machine that does not come up is named, and the others are started`() {
    let cluster = ScriptedCluster()
    cluster.broken = ["default/web-1"]
    let run = Run(cluster)
    run.options.startParallel = 1
    guard case .stop(.stuck(let reason, _)) = run.execute() else {
      Issue.record("it must be named")
      return
    }
    #expect(reason == "1 virtual machine did not come up: default/web-1 (Starting)")
    #expect(cluster.status(of: "team-a/db") == "Running")
    cluster.broken = []
    #expect(Run(cluster).execute(.resume) == .outcome(.done(stillStopped: [])))
    `An interrupted change`.expectDone(cluster)
  }

  @Test func `a machine that KubeVirt must not start is named at once, and the others are started`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.meanwhile = { run in if run.phases.last == .written { cluster.protected = ["default/web-1"] } }
    guard case .stop(.stuck(let reason, _)) = run.execute() else {
      Issue.record("it must be named")
      return
    }
    #expect(
      reason == "1 virtual machine did not come up: default/web-1 (Internal error occurred: exceeded quota)")
    #expect(cluster.status(of: "team-a/db") == "Running")
    #expect(run.elapsed < .seconds(60))
    cluster.protected = []
    #expect(Run(cluster).execute(.resume) == .outcome(.done(stillStopped: [])))
    `An interrupted change`.expectDone(cluster)
  }

  @Test func `a machine that KubeVirt must not stop is named at once`() {
    let cluster = ScriptedCluster()
    cluster.protected = ["default/web-1"]
    let run = Run(cluster)
    guard case .stop(.refused(let reasons, _)) = run.execute() else {
      Issue.record("it must be named")
      return
    }
    #expect(reasons == ["default/web-1 cannot be stopped: Internal error occurred: exceeded quota"])
    #expect(run.elapsed == .zero)
    cluster.protected = []
    #expect(Run(cluster).execute(.resume) == .outcome(.done(stillStopped: [])))
    `An interrupted change`.expectDone(cluster)
  }

  /// Before the reader of the cluster sees it off, while it goes off, and after it.
  @Test(arguments: [0, 1, 6]) func `a machine that its owner stops while the user is asked stays off`(_ ticks: Int) {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.whileAsked = { _ in cluster.haltMachine("team-a/db", ticks: ticks) }
    #expect(run.execute() == .outcome(.done(stillStopped: [])))
    #expect(cluster.status(of: "default/web-1") == "Running")
    #expect(cluster.status(of: "team-a/db") == "Stopped")
    #expect(!cluster.writes.contains { $0.path.contains("db/st") })
  }

  @Test func `a machine that is started while the user is asked is stopped, and started again`() {
    let cluster = ScriptedCluster()
    cluster.haltMachine("team-a/db")
    let run = Run(cluster)
    run.whileAsked = { _ in
      cluster.startMachine("team-a/db")
      for _ in 0..<6 { cluster.tick() }
    }
    #expect(run.execute() == .outcome(.done(stillStopped: [])))
    #expect(cluster.writes.contains { $0.path.hasSuffix("db/stop") })
    `An interrupted change`.expectDone(cluster)
  }

  @Test func `a revert takes the machines that run once the user has answered`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.kill = Run.Kill(write: `An interrupted change`.writes.count, isTaken: false)
    run.execute()
    let revert = Run(cluster)
    revert.whileAsked = { _ in cluster.addMachine("default/new", "Always") }
    #expect(revert.execute(.revert) == .outcome(.reverted))
    #expect(cluster.status(of: "default/new") == "Running")
    `An interrupted change`.expectDone(cluster, value: "")
  }

  /// Whether another machine is started while the user is asked.
  @Test(arguments: [false, true])
  func `each machine is read before the question and after it, and no more until its stop`(_ startsAnother: Bool) {
    let cluster = ScriptedCluster()
    var reads: [String: Int] = [:]
    cluster.interception = { method, path in
      if method == "GET", path.contains("/virtualmachines/"), cluster.writes.isEmpty { reads[path, default: 0] += 1 }
      return nil
    }
    let run = Run(cluster)
    if startsAnother { run.whileAsked = { _ in cluster.addMachine("default/new", "Always") } }
    #expect(run.execute() == .outcome(.done(stillStopped: [])))
    #expect(reads[ScriptedCluster.machinePath("default/web-1")] == 2)
    #expect(reads[ScriptedCluster.machinePath("team-a/db")] == 2)
    #expect(reads[ScriptedCluster.machinePath("default/new")] == (startsAnother ? 1 : nil))
  }

  @Test func `a revert of a value that was written back by hand waits for Harvester before it starts machines`() {
    let cluster = ScriptedCluster()
    Run(cluster).execute()
    cluster.hangsAt = "Restarting Pods"
    let stuck = Run(cluster)
    guard case .stop(.stuck) = stuck.execute(.apply([])) else {
      Issue.record("the change is not stuck")
      return
    }
    cluster.setValue(ScriptedCluster.value, by: "kubectl-edit")
    let revert = Run(cluster)
    var isRestarting = false
    revert.meanwhile = { run in
      if run.elapsed > .seconds(60) { cluster.hangsAt = nil }
      if cluster.hangsAt != nil, cluster.status(of: "team-a/db") != "Stopped" { isRestarting = true }
    }
    #expect(revert.execute(.revert) == .outcome(.reverted))
    #expect(!isRestarting)
    #expect(revert.phases == [.written, .verified, .starting])
    `An interrupted change`.expectDone(cluster)
  }

  @Test func `a revert before anything was written starts the machines at once`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.kill = Run.Kill(write: 5, isTaken: true)
    run.execute()
    let revert = Run(cluster)
    #expect(revert.execute(.revert) == .outcome(.reverted))
    #expect(revert.phases == [.verified, .starting])
    `An interrupted change`.expectDone(cluster, value: "")
  }

  @Test func `advice can be pasted, with the options that name the cluster`() {
    let command = ProgramCommand(
      "kubectl storage-network", access: ["--kubeconfig", "/home/ann/my lab's.yaml", "--context", "lab"])
    #expect(
      command("apply", "--resume", "--force-stop")
        == #"kubectl storage-network apply --kubeconfig '/home/ann/my lab'\''s.yaml' --context lab --resume --force-stop"#
    )
    #expect(ProgramCommand("p", access: ["--context", ""])("verify") == "p verify --context ''")
  }

  @Test func `no more machines start at the same time than allowed`() {
    let cluster = ScriptedCluster(machines: [
      "a/1": "Always", "a/2": "Always", "a/3": "RerunOnFailure", "b/4": "Always", "b/5": "Manual",
    ])
    let run = Run(cluster)
    run.options.startParallel = 2
    #expect(run.execute() == .outcome(.done(stillStopped: [])))
    let pending = run.events.compactMap { if case .starting(let progress) = $0 { progress.pending.count } else { nil } }
    #expect(pending.max() == 2)
    #expect(["a/1", "a/2", "a/3", "b/4", "b/5"].allSatisfy { cluster.status(of: $0) == "Running" })
    #expect(cluster.strategy(of: "b/5") == "Manual")
  }

  @Test func `a change that hangs is called stuck, with the ways on; a revert empties the value first`() {
    let cluster = ScriptedCluster()
    Run(cluster).execute()
    let other = ScriptedCluster.value.replacing("100", with: "101")
    cluster.hangsAt = "waiting for all volumes detached: pvc-x"
    let run = Run(cluster)
    guard case .stop(.stuck(let reason, let advice)) = run.execute(.apply(Array(other.utf8))) else {
      Issue.record("it must be stuck")
      return
    }
    #expect(reason.contains("«Harvester has applied the change»"))
    #expect(advice.count == 3)
    #expect(advice.last == "go back to \(ScriptedCluster.value): storage-network-webhook apply --revert")
    cluster.hangsAt = nil
    let revert = Run(cluster)
    #expect(revert.execute(.revert) == .outcome(.reverted))
    let values = revert.events.compactMap {
      if case .written(let value) = $0 { String(decoding: value, as: UTF8.self) } else { nil }
    }
    #expect(values == ["", ScriptedCluster.value])
    `An interrupted change`.expectDone(cluster)
  }

  @Test func `machines that run after the change are stopped for a revert only with --stop-vms`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    run.kill = Run.Kill(write: `An interrupted change`.writes.count, isTaken: false)
    run.execute()
    let careful = Run(cluster)
    careful.options.stopsMachines = false
    guard case .stop(.refused(let reasons, let advice)) = careful.execute(.revert) else {
      Issue.record("it must be refused")
      return
    }
    #expect(reasons == ["2 virtual machines must be stopped again: default/web-1 and team-a/db"])
    #expect(advice == ["run: storage-network-webhook apply --revert --stop-vms"])
    #expect(Run(cluster).execute(.revert) == .outcome(.reverted))
    `An interrupted change`.expectDone(cluster, value: "")
  }
}
