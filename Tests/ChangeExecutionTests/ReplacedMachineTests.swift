import ChangeExecution
import Foundation
import TestSupport
import Testing

/// Machines that are created anew, and requests that KubeVirt answers with a conflict.
@Suite struct `A change beside another client of KubeVirt` {
  /// Deleted and created anew before the machines are stopped, and before a second call forces them.
  @Test(arguments: [false, true]) func `another machine with the name of a recorded one is not stopped`(_ forces: Bool)
  {
    let cluster = ScriptedCluster()
    cluster.stubborn = forces ? ["team-a/db"] : []
    let run = Run(cluster)
    run.options.forcesStop = forces
    func recreate() {
      cluster.deleteMachine("team-a/db")
      cluster.addMachine("team-a/db", "Always", uid: "another")
    }
    var isCreated = false
    run.meanwhile = { run in
      guard forces, !isCreated, run.elapsed > .seconds(10) else { return }
      isCreated = true
      recreate()
    }
    cluster.interception = { method, path in
      if !forces, method == "POST", path.hasSuffix("/configmaps") { recreate() }
      return nil
    }
    guard case .stop(.refused(let reasons, let advice)) = run.execute() else {
      Issue.record("it must be refused")
      return
    }
    #expect(
      reasons == [
        """
        team-a/db was deleted and created anew by another client; this other virtual machine of that name runs (Running), \
        and is not stopped by this change
        """
      ])
    #expect(advice.first == "have it stopped, then run: storage-network-webhook apply --resume")
    #expect(cluster.status(of: "team-a/db") == "Running")
    #expect(cluster.writes.count { $0.path.hasSuffix("db/stop") } == (forces ? 1 : 0))
    cluster.interception = nil
    cluster.stubborn = []
    cluster.haltMachine("team-a/db")
    #expect(Run(cluster).execute(.resume) == .outcome(.done(stillStopped: [])))
    #expect(cluster.status(of: "team-a/db") == "Stopped")
    #expect(cluster.status(of: "default/web-1") == "Running")
  }

  @Test func `a stop that KubeVirt answers with a conflict is asked again after ten seconds`() {
    let cluster = ScriptedCluster()
    let run = Run(cluster)
    var times: [Duration] = []
    cluster.interception = { method, path in
      guard method == "PUT", path.hasSuffix("db/stop") else { return nil }
      times.append(run.elapsed)
      return times.count < 3 ? (409, "{}") : nil
    }
    #expect(run.execute() == .outcome(.done(stillStopped: [])))
    #expect(times == [.zero, .seconds(10), .seconds(20)])
    `An interrupted change`.expectDone(cluster)
  }

  @Test func `a start that KubeVirt answers with a conflict is asked again after ten seconds, and blocks no other`() {
    let cluster = ScriptedCluster(machines: ["default/web-1": "Manual", "team-a/db": "Always"])
    let run = Run(cluster)
    run.options.startParallel = 1
    var times: [Duration] = []
    cluster.interception = { method, path in
      guard method == "PUT", path.hasSuffix("db/start") else { return nil }
      times.append(run.elapsed)
      return times.count < 3 ? (409, "{}") : nil
    }
    #expect(run.execute() == .outcome(.done(stillStopped: [])))
    #expect(times.count == 3)
    #expect(zip(times, times.dropFirst()).map { $1 - $0 } == [.seconds(10), .seconds(10)])
    #expect(cluster.status(of: "default/web-1") == "Running")
    #expect(cluster.status(of: "team-a/db") == "Running")
  }

  @Test func `a conflict that lasts is told with KubeVirt's words`() {
    let conflict = (409, #"{"message":"Operation cannot be fulfilled: stop/start already underway"}"#)
    let cluster = ScriptedCluster()
    cluster.interception = { method, path in method == "PUT" && path.hasSuffix("db/stop") ? conflict : nil }
    guard case .stop(.stuck(let reason, _)) = Run(cluster).execute() else {
      Issue.record("it must be stuck")
      return
    }
    #expect(
      reason == """
        nothing has moved for 5 min 00 s; not stopped: team-a/db (Running); still attached: pvc-db; KubeVirt did not accept \
        to stop team-a/db (Operation cannot be fulfilled: stop/start already underway)
        """)
    cluster.interception = { method, path in method == "PUT" && path.hasSuffix("db/start") ? conflict : nil }
    guard case .stop(.stuck(let reason, _)) = Run(cluster).execute(.resume) else {
      Issue.record("it must be stuck")
      return
    }
    #expect(
      reason == """
        1 virtual machine did not come up: team-a/db (Stopped; KubeVirt: Operation cannot be fulfilled: stop/start already \
        underway)
        """)
  }
}
