import ClusterState
import Foundation
import Rules
import Testing

@testable import Reports

/// What counts as kept for a pod that is gone.
@Suite struct `A plan to reclaim addresses` {
  private static func plan(_ state: String = "leaked", adding objects: [String] = []) throws -> ReclaimPlan {
    var cluster = try Golden.cluster(state)
    for object in objects { try cluster.add(Array(object.utf8).span) }
    return ReclaimPlan(of: try #require(VerifyInput(cluster.facts, cluster.extraFacts)))
  }

  @Test func `text, commands and JSON match the golden files`() throws {
    let plan = try Self.plan()
    let kubectl = Kubectl(access: ["--context", "it's mine"])
    let text =
      plan.styledText.text(for: Terminal(width: 100)) + plan.commandText(kubectl).text(for: Terminal(width: 40))
    try Golden.expect(text, in: "Tests/GoldenFiles/reclaim.txt")
    #expect(plan.addressCount == 4)
    #expect(plan.refusal == nil)
  }

  @Test func `commands are never broken`() throws {
    let plan = try Self.plan()
    let lines = plan.commandText(Kubectl()).text(for: Terminal(width: 40)).split(separator: "\n").map(String.init)
    for command in plan.commands(Kubectl()) { #expect(lines.contains(command)) }
  }

  private static let pool = #""apiVersion":"whereabouts.cni.cncf.io/v1alpha1","kind":"IPPool""#

  private static func pool(_ name: String, _ range: String, _ allocations: String) -> String {
    #"{\#(pool),"metadata":{"name":"\#(name)","namespace":"kube-system","uid":"u","resourceVersion":"1"},"spec":{"range":"\#(range)","allocations":{\#(allocations)}}}"#
  }

  private static func reservation(_ name: String, _ pod: String) -> String {
    #"{"apiVersion":"whereabouts.cni.cncf.io/v1alpha1","kind":"OverlappingRangeIPReservation","metadata":{"name":"\#(name)","namespace":"kube-system","uid":"u","resourceVersion":"1"},"spec":{"podref":"\#(pod)"}}"#
  }

  private static func definition(_ name: String, _ range: String, owner: String = "{}") -> String {
    #"{"apiVersion":"k8s.cni.cncf.io/v1","kind":"NetworkAttachmentDefinition","metadata":{"name":"\#(name)","namespace":"default","annotations":\#(owner)},"spec":{"config":"{\"type\":\"bridge\",\"bridge\":\"storage-br\",\"ipam\":{\"type\":\"whereabouts\",\"range\":\"\#(range)\"}}"}}"#
  }

  private static func pod(
    _ name: String, namespace: String = "longhorn-system", status: String? = nil, isReady: Bool = true
  ) -> String {
    let annotations = status.map { #"{"k8s.v1.cni.cncf.io/network-status":"\#($0)"}"# } ?? "{}"
    return
      #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"\#(name)","namespace":"\#(namespace)","uid":"u","annotations":\#(annotations)},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"\#(isReady ? "True" : "False")"}]}}"#
  }

  private static let gone = #""3":{"id":"a","podref":"longhorn-system/gone"}"#
  private static let status = #"[{\"interface\":\"lhnet1\",\"ips\":[\"192.168.7.4\"]}]"#

  /// What a cluster has besides, and the addresses and pools that it adds to the plan.
  static let cases: [(name: String, objects: [String], addresses: [String], emptyPools: [String])] = [
    ("a former pool with a leaked entry", [pool("192.168.7.0-24", "192.168.7.0/24", gone)], ["192.168.7.3"], []),
    ("an empty former pool", [pool("192.168.7.0-24", "192.168.7.0/24", "")], [], ["192.168.7.0-24"]),
    (
      "a former pool with an entry that cannot be read", [pool("192.168.7.0-24", "192.168.7.0/24", #""x":{}"#)], [], []
    ),
    (
      "an entry of a pod that is being created",
      [pool("192.168.7.0-24", "192.168.7.0/24", gone), pod("gone")], [], []
    ),
    (
      "an entry of a living pod",
      [
        pool("192.168.7.0-24", "192.168.7.0/24", #""4":{"podref":"longhorn-system/p"}"#), pod("p", status: status),
      ], [], []
    ),
    (
      "an entry of a living pod with another address",
      [
        pool("192.168.7.0-24", "192.168.7.0/24", #""5":{"podref":"longhorn-system/p"}"#), pod("p", status: status),
      ], ["192.168.7.5"], []
    ),
    (
      "an entry of a pod that is not ready, whose address may change",
      [
        pool("192.168.7.0-24", "192.168.7.0/24", #""5":{"podref":"longhorn-system/p"}"#),
        pod("p", status: status, isReady: false),
      ], [], []
    ),
    (
      "entries of other namespaces and of a pod without one",
      [pool("192.168.7.0-24", "192.168.7.0/24", #""4":{"podref":"default/web"},"5":{"podref":"gone"},"6":{}"#)], [], []
    ),
    (
      "entries that name no pod",
      [
        pool(
          "192.168.7.0-24", "192.168.7.0/24",
          #""4":{"podref":"longhorn-system/--all"},"5":{"podref":"longhorn-system/"},"6":{"podref":"longhorn-system/a/b"}"#
        )
      ], [], []
    ),
    (
      "pools of a named network and of one node",
      [
        pool("n-192.168.7.0-24", "192.168.7.0/24", gone), pool("node-0-192.168.8.0-25", "192.168.8.0/25", ""),
      ], [], []
    ),
    (
      "pools of another network",
      [
        pool("192.168.7.0-24", "192.168.7.0/24", gone), pool("192.168.6.0-24", "192.168.6.0/24", ""),
        definition("vms", "192.168.7.0/24"), definition("others", "192.168.6.1/24"),
      ], [], []
    ),
    (
      "pools of a definition that an earlier change left behind",
      [
        pool("192.168.7.0-24", "192.168.7.0/24", gone), pool("192.168.6.0-24", "192.168.6.0/24", ""),
        definition("old", "192.168.7.0/24", owner: #"{"storage-network.settings.harvesterhci.io":"true"}"#),
        definition("old2", "192.168.6.0/24", owner: #"{"storage-network.settings.harvesterhci.io":"true"}"#),
      ], ["192.168.7.3"], []
    ),
    ("an IPv6 pool", [pool("fd00---64", "fd00::/64", gone)], [], []),
    ("a stray reservation", [reservation("192.168.0.31", "longhorn-system/gone")], ["192.168.0.31"], []),
    (
      "a stray reservation of a former range", [reservation("192.168.7.3", "longhorn-system/gone")], ["192.168.7.3"], []
    ),
    (
      "a stray reservation in the range of another network",
      [reservation("192.168.7.3", "longhorn-system/gone"), definition("vms", "192.168.7.0/24")], [], []
    ),
    ("a stray reservation of a named network", [reservation("n-192.168.0.31", "longhorn-system/gone")], [], []),
    ("reservations of other namespaces", [reservation("192.168.0.31", "default/web")], [], []),
    (
      "a reservation of a pod that is being created",
      [reservation("192.168.0.31", "longhorn-system/gone"), pod("gone")], [], []
    ),
  ]

  @Test(arguments: cases.indices) func `has what is certainly leaked`(_ index: Int) throws {
    let (name, objects, addresses, emptyPools) = Self.cases[index]
    let plain = try Self.plan()
    let plan = try Self.plan(adding: objects)
    func all(_ plan: ReclaimPlan) -> [String] {
      (plan.pools.flatMap(\.allocations).map(\.reservation) + plan.reservations.map(\.reservation)).map {
        $0.address.description
      }
    }
    #expect(all(plan).sorted() == (all(plain) + addresses).sorted(), "\(name)")
    #expect(
      Set(plan.emptyPools.map(\.object.name)) == Set(plain.emptyPools.map(\.object.name) + emptyPools), "\(name)")
    #expect(plan.addressCount == plain.addressCount + addresses.count, "\(name)")
  }

  @Test func `leaves the storage network's pool alone where another network uses it, and says so`() throws {
    let plan = try Self.plan(adding: [Self.definition("vms", "192.168.0.0/26")])
    #expect(plan.pools.map(\.pool.object.name) == ["192.168.9.0-24"])
    #expect(plan.sharedPools.map(\.networks) == [["default/vms"]])
    #expect(
      plan.styledText.text(for: .plain).contains(
        "! left alone: 2 entries of the pool 192.168.0.0-26, which default/vms uses too"))
  }

  /// What a cluster has besides, the address that `verify` reports, and why it and `--reclaim` leave it alone.
  static let obstacles: [(name: String, objects: [String], address: String, words: String)] = [
    (
      "a reservation in a range of another network",
      [reservation("192.168.0.40", "longhorn-system/gone"), definition("vms", "192.168.0.32/27")], "192.168.0.40",
      "default/vms may hand out the same"
    ),
    (
      "a reservation of a pod that is not ready",
      [reservation("192.168.0.40", "longhorn-system/p"), pod("p", status: status, isReady: false)], "192.168.0.40",
      "a pod that is not ready may get another address"
    ),
    (
      "a reservation without a pod's name", [reservation("192.168.0.40", "longhorn-system/--all")], "192.168.0.40",
      "no pod can have this name"
    ),
    (
      "an entry of a pod that is not ready", [ownPool("longhorn-system/p"), pod("p", status: status, isReady: false)],
      "192.168.0.41", "a pod that is not ready may get another address"
    ),
    ("an entry without a pod's name", [ownPool("longhorn-system/--all")], "192.168.0.41", "no pod can have this name"),
    (
      "a pool of another network, too", [ownPool("longhorn-system/gone"), definition("vms", "192.168.0.0/26")],
      "192.168.0.41", "default/vms may hand out the same"
    ),
  ]

  /// The storage network's pool with an entry of 192.168.0.41.
  private static func ownPool(_ pod: String) -> String {
    pool("192.168.0.0-26", "192.168.0.0/26", #""41":{"podref":"\#(pod)"}"#)
  }

  @Test(arguments: obstacles.indices) func `says of what verify reports why it is left alone`(_ index: Int) throws {
    let (name, objects, address, words) = Self.obstacles[index]
    var cluster = try Golden.cluster("completed")
    for object in objects { try cluster.add(Array(object.utf8).span) }
    let input = try #require(VerifyInput(cluster.facts, cluster.extraFacts))
    let findings = input.allocationsConsistent.findings.filter { $0.text.contains(address) && $0.advice != nil }
    #expect(findings.map { $0.advice?.contains("verify --reclaim leaves them alone: \(words)") } == [true], "\(name)")
    let plan = ReclaimPlan(of: input)
    #expect(plan.isEmpty, "\(name)")
    let text = plan.styledText.text(for: .plain)
    #expect(text.contains("! left alone: "), "\(name): \(text)")
    if plan.sharedPools.isEmpty { #expect(text.contains("\(address) ") && text.contains(words), "\(name): \(text)") }
  }

  @Test func `a reservation that is left alone comes with the command that deletes it`() throws {
    var cluster = try Golden.cluster("completed")
    for object in [Self.reservation("192.168.0.40", "longhorn-system/gone"), Self.definition("vms", "192.168.0.32/27")]
    {
      try cluster.add(Array(object.utf8).span)
    }
    let input = try #require(VerifyInput(cluster.facts, cluster.extraFacts))
    #expect(
      input.allocationsConsistent.findings.first?.advice?.hasSuffix(
        "; if no pod has one of them: kubectl -n kube-system delete overlappingrangeipreservations.whereabouts.cni.cncf.io 192.168.0.40"
      ) == true)
  }

  @Test func `neither command reports what named networks reserve`() throws {
    var cluster = try Golden.cluster("completed")
    let objects = [
      Self.pool("n-192.168.0.0-26", "192.168.0.0/26", #""41":{"podref":"longhorn-system/gone"}"#),
      Self.reservation("n-192.168.0.41", "longhorn-system/gone"),
    ]
    for object in objects { try cluster.add(Array(object.utf8).span) }
    let input = try #require(VerifyInput(cluster.facts, cluster.extraFacts))
    #expect(input.allocationsConsistent.findings.isEmpty)
    #expect(!ReclaimPlan(of: input).leavesSome && ReclaimPlan(of: input).isEmpty)
  }

  @Test func `counts an address once, and not if something else keeps it`() throws {
    let both = try Self.plan(adding: [Self.reservation("192.168.0.20", "longhorn-system/gone")])
    #expect(both.addressCount == 4)
    let kept = try Self.plan(adding: [Self.reservation("192.168.0.20", "default/web")])
    #expect(kept.addressCount == 3)
  }

  /// The states of a change, and the reason not to remove anything.
  static let refusals: [(state: String, reason: String?)] = [
    ("completed", nil), ("leaked", nil), ("left-behind", nil),
    ("stopping", "a change of the storage network is in progress: Harvester stops what uses volumes"),
    ("detaching", "a change of the storage network is in progress: Harvester waits until every volume is detached"),
    ("restarting", "a change of the storage network is in progress: Harvester starts again what it stopped"),
    // The addresses that are missing may be the leaked ones.
    ("exhausted", nil),
  ]

  @Test(arguments: refusals) func `is refused during a change`(_ row: (state: String, reason: String?)) throws {
    let plan = try Self.plan(row.state, adding: [Self.reservation("192.168.0.31", "longhorn-system/gone")])
    #expect(plan.refusal?.reason == row.reason)
    #expect(plan.commands(Kubectl()).isEmpty == (row.reason != nil))
  }

  @Test func `is refused while Longhorn has not applied the network`() throws {
    let setting =
      #"{"apiVersion":"longhorn.io/v1beta2","kind":"Setting","metadata":{"name":"storage-network","namespace":"longhorn-system"},"value":"harvester-system/storagenetwork-7xk2p","status":{"applied":false}}"#
    #expect(
      try Self.plan(adding: [setting]).refusal?.reason
        == "Longhorn has not restarted every pod for the last change yet")
  }

  @Test func `is refused where the value is no network`() throws {
    let setting =
      #"{"apiVersion":"harvesterhci.io/v1beta1","kind":"Setting","metadata":{"name":"storage-network"},"value":"{"}"#
    let plan = try Self.plan(adding: [setting])
    #expect(plan.refusal?.reason.contains("is not a network") == true)
  }

  @Test func `is refused without Longhorn's pods`() throws {
    var cluster = try Golden.cluster("leaked")
    var extraFacts = cluster.extraFacts
    extraFacts.pods = []
    let plan = ReclaimPlan(of: try #require(VerifyInput(cluster.facts, extraFacts)))
    #expect(plan.refusal?.reason.hasPrefix("no pod of longhorn-system is known") == true)
    #expect(plan.commands(Kubectl()).isEmpty)
  }

  @Test func `is refused for objects without a version`() throws {
    let object = Self.reservation("192.168.0.31", "longhorn-system/gone").replacing(
      #","resourceVersion":"1""#, with: "")
    #expect(
      try Self.plan(adding: [object]).refusal?.reason.hasPrefix("192.168.0.31 has no uid or resourceVersion") == true)
  }

  @Test func `a command has a hundred entries at most, and the rest is told`() throws {
    let entries = (30..<150).map { #""\#($0)":{"podref":"longhorn-system/gone-\#($0)"}"# }.joined(separator: ",")
    let plan = try Self.plan(adding: [Self.pool("192.168.7.0-24", "192.168.7.0/24", entries)])
    let commands = plan.commands(Kubectl())
    #expect(commands.contains { $0.ranges(of: #""op":"remove""#).count == 100 })
    #expect(commands.allSatisfy { $0.utf8.count < 128 * 1024 })
    #expect(plan.commandText(Kubectl()).text(for: .plain).hasSuffix("run it again for 20 further entries\n"))
  }

  @Test func `words are quoted for a shell`() {
    #expect(
      Kubectl(access: ["--kubeconfig", "it's"])(["get", "a b", ""]) == #"kubectl --kubeconfig 'it'\''s' get 'a b' ''"#)
  }
}
