import JSON
import Rules
import Testing

@testable import ClusterState

/// Facts that follow changes, compared with facts that are made anew from the same objects.
@Suite struct `Facts that follow changes` {
  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `equal those made anew, after any sequence of writes, removals and lists`(_ seed: UInt64) throws {
    var random = SplitMix(state: seed)
    var model = ModelObjects()
    var store = ObjectStore()
    for step in 0..<600 {
      let kind = try #require(ModelObjects.kinds.randomElement(using: &random))
      switch Int.random(in: 0..<40, using: &random) {
      case 0:
        model.change(kind, times: Int.random(in: 0..<40, using: &random), &random)
        store.replace(kind, from: try model.store(of: [kind]))
      case 1..<12:
        let name = model.randomName(kind, &random)
        model.objects[kind]?[name] = nil
        store.remove(kind, at: name)
      default:
        let (name, text) = model.write(kind, &random)
        try store.put(Array(text.utf8).span, of: kind, at: name)
      }
      if step % 3 == 0 { try expectSame(&store, model, "seed \(seed), step \(step)") }
    }
    try expectSame(&store, model, "seed \(seed), at the end")
  }

  private func expectSame(_ store: inout ObjectStore, _ model: ModelObjects, _ place: String) throws {
    var anew = try model.store(of: ModelObjects.kinds)
    #expect("\(store.facts)" == "\(anew.facts)", "\(place)")
    #expect(store.facts.unstoppedMachines == model.machines, "\(place)")
    #expect(store.facts.volumesInUse == model.volumes, "\(place)")
  }

  @Test func `every kind belongs to a group of facts`() {
    let kinds = ObjectStore.FactGroup.allCases.reduce(into: Set<WatchedKind>()) { $0.formUnion($1.kinds) }
    #expect(kinds == Set(WatchedKind.allCases))
  }

  /// Facts of one kind that depend on objects of another, which change after the first.
  static let dependencies: [(kind: WatchedKind, text: String, other: WatchedKind, otherText: String)] = [
    (
      .hostNetworkConfig,
      #""spec":{"clusterNetwork":"cn","vlanID":7,"mode":"static","nodeSelector":{"matchLabels":{"a":"b"}},"ips":{"x":"10.1.2.3/24"}}"#,
      .node, #""status":{}"#
    ),
    (
      .longhornSetting, #""value":"harvester-system/x""#, .networkAttachmentDefinition,
      #""spec":{"config":"{}"}"#
    ),
    (.longhornNode, #""spec":{"disks":{"d":{"allowScheduling":true}}}"#, .node, #""status":{}"#),
    (.vlanStatus, #""status":{"clusterNetwork":"cn","node":"x"}"#, .clusterNetwork, #""status":{}"#),
  ]

  @Test(arguments: dependencies) func `follow a change of another kind that they depend on`(
    _ row: (kind: WatchedKind, text: String, other: WatchedKind, otherText: String)
  ) throws {
    func write(_ kind: WatchedKind, _ text: String, to store: inout ObjectStore) throws {
      let isSetting = kind == .longhornSetting
      let name = NamespacedName(
        namespace: isSetting ? "longhorn-system" : kind == .networkAttachmentDefinition ? "harvester-system" : "",
        name: isSetting ? "endpoint-network-for-rwx-volume" : "x")
      let metadata =
        #""metadata":{"name":"\#(name.name)","namespace":"\#(name.namespace)","annotations":"#
        + #"{"storage-network.settings.harvesterhci.io":"true"}}"#
      try store.put(Array("{\(metadata),\(text)}".utf8).span, of: kind, at: name)
    }
    var store = ObjectStore()
    try write(row.kind, row.text, to: &store)
    let before = "\(store.facts)"
    try write(row.other, row.otherText, to: &store)
    var anew = ObjectStore()
    try write(row.kind, row.text, to: &anew)
    try write(row.other, row.otherText, to: &anew)
    #expect("\(store.facts)" == "\(anew.facts)")
    #expect("\(store.facts)" != before)
  }

  static let kinds: [WatchedKind] = [.virtualMachine, .virtualMachineInstance, .longhornVolume]
  static let small = Result { try cluster(of: 100) }
  static let large = Result { try cluster(of: 100_000) }

  private static func cluster(of size: Int) throws -> ObjectStore {
    var store = ObjectStore()
    for number in 0..<size {
      try write(number, state: 0, to: &store)
    }
    _ = store.facts
    return store
  }

  /// Writes an object of each kind in turn; none of the volumes is detaching.
  private static func write(_ number: Int, state: Int, to store: inout ObjectStore) throws {
    let kind = kinds[number % kinds.count]
    let object = Array(ModelObjects.text(kind, number * 5 + 1, state: state).utf8)
    try store.put(object.span, of: kind, at: ModelObjects.name(kind, number * 5 + 1))
  }

  /// The work that one event and the next review cause, in facts that are read from the tables.
  private func factsRead(in cluster: ObjectStore, after kind: WatchedKind, state: Int) throws -> Int {
    var store = cluster
    try Self.write(48 + (Self.kinds.firstIndex(of: kind) ?? 0), state: state, to: &store)
    #expect(store.hasChanges)
    _ = store.facts
    return store.unpackedFacts - cluster.unpackedFacts
  }

  @Test(arguments: kinds, 1..<ModelObjects.states)
  func `read as many objects in a cluster of a hundred as in one of a hundred thousand`(
    _ kind: WatchedKind, _ state: Int
  ) throws {
    let few = try factsRead(in: Self.small.get(), after: kind, state: state)
    #expect(few == (try factsRead(in: Self.large.get(), after: kind, state: state)))
    #expect(few < 150)
  }

  @Test func `an event that changes nothing that rules read leaves the facts alone`() throws {
    var store = ObjectStore()
    for kind in WatchedKind.allCases { store.replace(kind, from: ObjectStore()) }
    _ = store.facts
    for (kind, status) in [(WatchedKind.virtualMachine, "Stopped"), (.virtualMachineInstance, "Failed")] {
      let field = kind == .virtualMachine ? "printableStatus" : "phase"
      let object = Array(#"{"metadata":{"name":"a"},"status":{"\#(field)":"\#(status)"}}"#.utf8)
      try store.put(object.span, of: kind, at: NamespacedName(name: "a"))
      store.remove(kind, at: NamespacedName(name: "a"))
    }
    #expect(!store.hasChanges)
  }
}
