import ChangeExecution
import Foundation
import Reports
import TestSupport
import Testing

/// What `verify --reclaim --yes` removes, and what it leaves alone.
@Suite struct `Reclaiming addresses` {
  /// Two leaked entries, one of a pod with another address, a stray reservation, an empty and a leaked former pool.
  private static func leakingCluster() -> ScriptedCluster {
    let cluster = ScriptedCluster.withStorageNetwork()
    cluster.allocate(20, to: "longhorn-system/instance-manager-gone")
    cluster.allocate(21, to: "longhorn-system/instance-manager-0")
    cluster.allocate(22, to: "default/web-0")
    cluster.reserve("192.168.0.20", for: "longhorn-system/instance-manager-gone")
    cluster.reserve("192.168.0.30", for: "longhorn-system/backing-image-manager-gone")
    cluster.reserve("192.168.0.1", for: "longhorn-system/instance-manager-0")
    cluster.addPool("192.168.8.0-24")
    cluster.allocate(3, to: "longhorn-system/instance-manager-gone", in: "192.168.9.0-24")
    return cluster
  }

  private static let pool = ScriptedCluster.poolPath("192.168.0.0-24")
  private static let pod = "GET \(ScriptedCluster.podPath("instance-manager-gone"))"

  @Test func `removes what is leaked, and nothing else`() {
    let cluster = Self.leakingCluster()
    let run = ReclaimRun(cluster)
    #expect(run.execute() == .outcome(.removed(7, kept: 0)))
    #expect(cluster.allocations() == [1, 2, 3, 22])
    #expect(cluster[ScriptedCluster.reservationPath("192.168.0.1")] != nil)
    for path in [
      ScriptedCluster.reservationPath("192.168.0.20"), ScriptedCluster.reservationPath("192.168.0.30"),
      ScriptedCluster.poolPath("192.168.8.0-24"), ScriptedCluster.poolPath("192.168.9.0-24"),
    ] { #expect(cluster[path] == nil, "\(path)") }
    #expect(ReclaimRun(cluster).execute() == .outcome(.clean))
  }

  @Test func `reads the object and then the pod before each write`() throws {
    let run = ReclaimRun(ScriptedCluster.withLeak())
    run.execute()
    let patch = try #require(run.requests.firstIndex(of: "PATCH \(Self.pool)"))
    #expect(Array(run.requests[(patch - 2)..<patch]) == ["GET \(Self.pool)", Self.pod])
  }

  @Test func `without consent prints commands and writes nothing`() {
    let cluster = Self.leakingCluster()
    let before = cluster.writes
    let run = ReclaimRun(cluster)
    #expect(run.execute(.missing) == .outcome(.listed))
    #expect(cluster.writes == before)
    #expect(run.text.contains("kubectl -n kube-system patch ippools.whereabouts.cni.cncf.io 192.168.0.0-24"))
  }

  @Test(arguments: [true, false]) func `asks once, and does what the answer is`(_ answer: Bool) {
    let cluster = ScriptedCluster.withLeak()
    var questions = 0
    let result = ReclaimRun(cluster).execute(
      .asked { () throws(ChangeStop) in
        questions += 1
        return answer
      })
    #expect(questions == 1)
    #expect(result == (answer ? .outcome(.removed(1, kept: 0)) : .stop(.declined)))
    #expect(cluster.allocations() == (answer ? [1, 2, 3] : [1, 2, 3, 20]))
  }

  @Test func `a pod that appears between the list and the write keeps its entry`() {
    let cluster = ScriptedCluster.withLeak()
    let run = ReclaimRun(cluster)
    run.before = { if $0 == Self.pod { cluster.addPod("instance-manager-gone") } }
    #expect(run.execute() == .outcome(.removed(0, kept: 1)))
    #expect(cluster.allocations() == [1, 2, 3, 20])
    #expect(
      run.lines == [
        "! kept 192.168.0.20 (longhorn-system/instance-manager-gone) of 192.168.0.0-24: "
          + "longhorn-system/instance-manager-gone exists again and has no address yet"
      ])
  }

  @Test func `a pod that has come back with the address keeps it, with another one it does not`() {
    let rows = [
      ("192.168.0.20", true, [1, 2, 3, 20]), ("192.168.0.40", true, [1, 2, 3]),
      // Its annotation is that of its former sandbox, maybe.
      ("192.168.0.40", false, [1, 2, 3, 20]),
    ]
    for (address, isReady, allocations) in rows {
      let cluster = ScriptedCluster.withLeak()
      let run = ReclaimRun(cluster)
      run.before = {
        if $0 == Self.pod { cluster.addPod("instance-manager-gone", address: address, isReady: isReady) }
      }
      run.execute()
      #expect(cluster.allocations() == allocations)
    }
  }

  @Test func `a pod that comes back in the moment of the write is reported`() {
    let cluster = ScriptedCluster.withLeak()
    let run = ReclaimRun(cluster)
    run.before = { if $0.hasPrefix("PATCH") { cluster.addPod("instance-manager-gone") } }
    #expect(run.execute() == .outcome(.removed(1, kept: 0, doubtful: 1)))
    #expect(run.lines.first?.hasPrefix("✓ removed 192.168.0.20") == true)
    #expect(run.lines.last?.hasPrefix("✗ a pod has taken 192.168.0.20") == true)
    #expect(!ReclaimOutcome.removed(1, kept: 0, doubtful: 1).isSuccess)
  }

  @Test func `an allocation in between makes the write fail, and it is looked at again`() {
    let cluster = ScriptedCluster.withLeak()
    let run = ReclaimRun(cluster)
    var isFirst = true
    run.before = { request in
      guard request.hasPrefix("PATCH"), isFirst else { return }
      isFirst = false
      cluster.allocate(4, to: "longhorn-system/instance-manager-1")
    }
    #expect(run.execute() == .outcome(.removed(1, kept: 0)))
    #expect(cluster.allocations() == [1, 2, 3, 4])
    #expect(run.requests.count { $0.hasPrefix("PATCH") } == 2)
    #expect(run.lines.first?.contains("changed meanwhile, looking again") == true)
  }

  @Test func `an entry that another pod has taken over stays`() {
    let cluster = ScriptedCluster.withLeak()
    let run = ReclaimRun(cluster)
    run.before = { if $0.hasPrefix("PATCH") { cluster.allocate(20, to: "longhorn-system/instance-manager-1") } }
    #expect(run.execute() == .outcome(.removed(0, kept: 1)))
    #expect(cluster.allocations() == [1, 2, 3, 20])
    #expect(run.lines.last?.hasSuffix("it is of longhorn-system/instance-manager-1 now") == true)
  }

  @Test func `a pool that changes all the time is left alone after some attempts`() {
    let cluster = ScriptedCluster.withLeak()
    let run = ReclaimRun(cluster)
    var offset = 40
    run.before = { request in
      guard request.hasPrefix("PATCH") else { return }
      offset += 1
      cluster.allocate(offset, to: "longhorn-system/instance-manager-1")
    }
    #expect(run.execute() == .outcome(.removed(0, kept: 1)))
    #expect(run.requests.count { $0.hasPrefix("PATCH") } == 5)
    #expect(run.lines.last?.contains("not removed after 5 attempts: ") == true)
  }

  @Test func `what another client has removed meanwhile is done`() {
    let cluster = Self.leakingCluster()
    let run = ReclaimRun(cluster)
    run.before = { request in
      guard request.hasPrefix("PATCH") else { return }
      cluster.delete(ScriptedCluster.reservationPath("192.168.0.20"))
      cluster.delete(ScriptedCluster.poolPath("192.168.8.0-24"))
    }
    #expect(run.execute() == .outcome(.removed(5, kept: 0)))
    #expect(run.lines.count { $0.hasSuffix("was removed by another client") } == 2)
  }

  @Test func `a reservation that was made anew stays`() {
    let cluster = ScriptedCluster.withStorageNetwork()
    cluster.reserve("192.168.0.30", for: "longhorn-system/gone")
    let run = ReclaimRun(cluster)
    run.before = { request in
      guard request.hasPrefix("DELETE") else { return }
      cluster.reserve("192.168.0.30", for: "longhorn-system/gone", uid: "another")
    }
    #expect(run.execute() == .outcome(.removed(0, kept: 1)))
    #expect(run.lines.last?.hasSuffix("it was made anew for longhorn-system/gone") == true)
    #expect(cluster[ScriptedCluster.reservationPath("192.168.0.30")] != nil)
  }

  @Test func `an empty pool that is used again stays`() {
    let cluster = ScriptedCluster.withStorageNetwork()
    cluster.addPool("192.168.8.0-24")
    let run = ReclaimRun(cluster)
    run.before = { request in
      if request.hasPrefix("DELETE") { cluster.allocate(1, to: "default/web-0", in: "192.168.8.0-24") }
    }
    #expect(run.execute() == .outcome(.removed(0, kept: 1)))
    #expect(cluster.allocations(of: "192.168.8.0-24") == [1])
    #expect(run.lines.last?.hasSuffix("it has entries") == true)
  }

  @Test func `an API server that goes away ends it with what to do`() {
    let cluster = Self.leakingCluster()
    let run = ReclaimRun(cluster)
    run.isAway = { $0.hasPrefix("PATCH") && cluster.allocations()?.contains(20) == false }
    let result = run.execute()
    #expect(
      result == .stop(.unavailable("connection refused", advice: ["run it again; what was removed stays removed"])))
    #expect(ReclaimRun(cluster).execute() == .outcome(.removed(6, kept: 0)))
  }
}

/// What forbids it.
@Suite struct `Reclaiming is refused` {
  private func reasons(_ result: ReclaimRun.Result) -> String {
    guard case .stop(.refused(let reasons, _)) = result else { return "not refused: \(result)" }
    return reasons.joined(separator: "\n")
  }

  private func expectKept(_ cluster: ScriptedCluster, _ location: SourceLocation = #_sourceLocation) {
    #expect(cluster.allocations()?.contains(20) == true, sourceLocation: location)
  }

  @Test func `while Harvester carries out a change`() {
    let cluster = ScriptedCluster.withLeak()
    cluster.setValue(#"{"vlan":101,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#, by: "test")
    #expect(
      reasons(ReclaimRun(cluster).execute())
        == "a change of the storage network is in progress: Harvester begins")
    for _ in 0..<2 { cluster.tick() }
    #expect(reasons(ReclaimRun(cluster).execute(.missing)).hasPrefix("a change of the storage network is in progress"))
    expectKept(cluster)
  }

  @Test func `while a change of apply is recorded, with the way on`() {
    let cluster = ScriptedCluster.withLeak()
    let change = Run(ScriptedCluster())
    change.kill = .init(write: 2, isTaken: true)
    change.execute()
    let record = change.cluster[ScriptedCluster.recordPath].map(ScriptedCluster.text) ?? ""
    _ = cluster.answer("POST", "/api/v1/namespaces/harvester-system/configmaps", record)
    #expect(cluster.hasRecord)
    #expect(
      ReclaimRun(cluster).execute()
        == .stop(
          .refused(
            ["a change is recorded in the ConfigMap harvester-system/storage-network-change by ann@laptop"],
            advice: [
              "end it first: storage-network-webhook apply --resume", "or: storage-network-webhook apply --revert",
            ])))
    expectKept(cluster)
  }

  @Test func `where a change begins while the user is asked`() {
    let cluster = ScriptedCluster.withLeak()
    let result = ReclaimRun(cluster).execute(
      .asked { () throws(ChangeStop) in
        cluster.setValue("", by: "test")
        return true
      })
    #expect(reasons(result).hasPrefix("a change of the storage network is in progress"))
    expectKept(cluster)
  }

  @Test func `where the record cannot be read`() {
    let cluster = ScriptedCluster.withLeak()
    cluster.interception = { _, path in
      path.contains("/configmaps/") ? (403, #"{"kind":"Status","message":"ann must not read it"}"#) : nil
    }
    let text = reasons(ReclaimRun(cluster).execute())
    #expect(text == "whether a change is recorded is not known: ann must not read it")
    expectKept(cluster)
  }

  /// The responses to the list of pods, in order, and the reason.
  static let lists: [(responses: [(Int, String)], reason: String)] = [
    (
      [(403, #"{"kind":"Status","message":"ann must not read it"}"#)],
      "the API server answered 403: ann must not read it; the account must be allowed to list them"
    ),
    (
      [
        (200, #"{"metadata":{"resourceVersion":"5","continue":"a/b"},"items":[]}"#),
        (410, #"{"kind":"Status","message":"The provided continue parameter is too old"}"#),
      ], "the API server answered 410: The provided continue parameter is too old"
    ),
    ([(200, "{}")], "the list response is incomplete: it has no metadata.resourceVersion"),
    ([(200, #"{"metadata":{"resourceVersion":"5"},"items":[{"#)], "the list response is incomplete"),
  ]

  @Test(arguments: lists.indices) func `where the pods cannot be listed, as it is not known who is gone`(_ index: Int) {
    let (responses, reason) = Self.lists[index]
    let cluster = ScriptedCluster.withLeak()
    var next = responses.makeIterator()
    cluster.interception = { _, path in path.hasSuffix("/pods") ? next.next() : nil }
    let run = ReclaimRun(cluster)
    guard case .stop(.unavailable(let text, let advice)) = run.execute() else {
      Issue.record("it must end")
      return
    }
    #expect(text.hasPrefix("pods of longhorn-system cannot be listed: \(reason)"), "\(text)")
    #expect(text.hasSuffix("; without them every address would seem to be of a pod that is gone"))
    #expect(advice == ["run it again; what was removed stays removed"])
    #expect(next.next() == nil)
    expectKept(cluster)
  }

  @Test func `not of a pod on a later page of the list`() {
    let cluster = ScriptedCluster.withLeak()
    cluster.addPod("instance-manager-gone", address: "192.168.0.20")
    let pods = ["instance-manager-0", "instance-manager-1", "instance-manager-2", "instance-manager-gone"].map { name in
      cluster[ScriptedCluster.podPath(name)].map(ScriptedCluster.text) ?? ""
    }
    var pages = [
      #"{"metadata":{"resourceVersion":"5","continue":"a/b"},"items":[\#(pods.prefix(2).joined(separator: ","))]}"#,
      #"{"metadata":{"resourceVersion":"5"},"items":[\#(pods.dropFirst(2).joined(separator: ","))]}"#,
    ].makeIterator()
    cluster.interception = { _, path in path.hasSuffix("/pods") ? pages.next().map { (200, $0) } : nil }
    let run = ReclaimRun(cluster)
    #expect(run.execute() == .outcome(.clean))
    let lists = run.requests.filter { $0.contains("/pods?") }
    // The first one is not of the API server's cache.
    #expect(lists.map { $0.split(separator: "?").last } == ["limit=500", "limit=500&continue=a%2Fb"])
  }

  @Test func `where there is no setting, as it is everywhere`() {
    let cluster = ScriptedCluster.withLeak()
    cluster.delete(ScriptedCluster.settingPath)
    let end = ChangeStop.unavailable("there is no setting storage-network (settings.harvesterhci.io)", advice: [])
    #expect(ReclaimRun(cluster).execute() == .stop(end))
    #expect(Run(cluster).execute() == .stop(end))
  }

  @Test func `where the API server does not say what is permitted`() {
    let cluster = ScriptedCluster.withLeak()
    cluster.interception = { _, path in path.hasSuffix("accessreviews") ? (201, "{}") : nil }
    #expect(reasons(ReclaimRun(cluster).execute()) == "the API server answered 201")
    expectKept(cluster)
  }

  @Test func `where the pod cannot be read, of this entry alone`() {
    let cluster = ScriptedCluster.withLeak()
    cluster.allocate(21, to: "longhorn-system/another-gone")
    cluster.interception = { _, path in
      path.hasSuffix("/instance-manager-gone") ? (403, #"{"kind":"Status","message":"forbidden"}"#) : nil
    }
    let run = ReclaimRun(cluster)
    #expect(run.execute() == .outcome(.removed(1, kept: 1)))
    #expect(
      run.lines.first?.hasSuffix("whether longhorn-system/instance-manager-gone exists is not known: forbidden") == true
    )
    #expect(cluster.allocations() == [1, 2, 3, 20])
  }

  @Test func `where a right is missing, before anything is removed`() {
    let cluster = ScriptedCluster.withLeak()
    cluster.reserve("192.168.0.30", for: "longhorn-system/gone")
    cluster.denied = ["delete overlappingrangeipreservations kube-system", "patch ippools"]
    #expect(
      reasons(ReclaimRun(cluster).execute())
        == """
        not permitted: patch ippools.whereabouts.cni.cncf.io in kube-system
        not permitted: delete overlappingrangeipreservations.whereabouts.cni.cncf.io in kube-system
        """)
    expectKept(cluster)
  }

  @Test func `not where only a right for another kind is missing`() {
    let cluster = ScriptedCluster.withLeak()
    cluster.denied = ["delete overlappingrangeipreservations", "delete ippools"]
    #expect(ReclaimRun(cluster).execute() == .outcome(.removed(1, kept: 0)))
  }

  @Test func `not while a pod of Longhorn restarts, whose entry stays`() {
    let cluster = ScriptedCluster.withLeak()
    cluster.delete(ScriptedCluster.podPath("instance-manager-0"))
    cluster.addPod("instance-manager-0")
    #expect(ReclaimRun(cluster).execute() == .outcome(.removed(1, kept: 0)))
    #expect(cluster.allocations() == [1, 2, 3])
  }
}

/// What it prints.
@Suite struct `The output of verify --reclaim` {
  @Test func `text and JSON of a run with a conflict and a pod that is back match the golden files`() throws {
    let cluster = ScriptedCluster.withStorageNetwork()
    cluster.allocate(20, to: "longhorn-system/instance-manager-gone")
    cluster.allocate(21, to: "longhorn-system/instance-manager-back")
    cluster.reserve("192.168.0.20", for: "longhorn-system/instance-manager-gone")
    cluster.addPool("192.168.8.0-24")
    let run = ReclaimRun(cluster)
    var isFirst = true
    run.before = { request in
      guard request.hasPrefix("PATCH"), isFirst else { return }
      isFirst = false
      cluster.addPod("instance-manager-back", address: "192.168.0.21")
      cluster.allocate(4, to: "longhorn-system/instance-manager-1")
    }
    run.execute()
    #expect(try GoldenFile.matches(run.text, "Tests/GoldenFiles/reclaim-yes.txt"))
    let json = run.events.map { $0.json(Kubectl()) }.joined()
    #expect(try GoldenFile.matches(json, "Tests/GoldenFiles/reclaim.json"))
  }
}
