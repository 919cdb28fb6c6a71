import Testing

@testable import Rules

@Suite struct `Address requirement` {
  @Test(
    arguments: [
      ("v1.1.0", Sizing.v1_2), ("v1.2.2", .v1_2), ("v1.3.0", .v1_3), ("v1.3.0-rc1", .v1_3), ("v1.6.1", .v1_3),
      ("v1.9.0-rc4", .v1_3), ("v1.10.0", .v1_3), ("v2.0", .v1_3), ("v1.3", .v1_3), ("v0.9.0", .v1_2),
      ("master-1a2b3c", nil), ("v1.6-head", .v1_3), ("v1.2-head", .v1_2), ("1.6.1", nil), ("v1", nil), ("v", nil),
      ("", nil), ("vx.y", nil),
      ("v1.", nil), ("v.3.0", nil),
    ] as [(String, Sizing?)]) func `the cluster's version selects the formula`(_ version: String, _ sizing: Sizing?)
  {
    #expect(Sizing(serverVersion: version) == sizing)
  }

  func facts(nodes: Int, disks: Int, witnesses: Int = 0, version: String? = nil) -> ClusterFacts {
    var facts = ClusterFacts()
    facts.nodes = (0..<nodes + witnesses).map { NodeFact(name: "n\($0)", isWitness: $0 >= nodes) }
    // All disks on the first node: they are counted over all nodes. A witness's disk holds no replica.
    facts.storage = StorageFact(
      nodes: facts.nodes,
      longhornNodes: [LonghornNodeFact(name: "n0", disks: disks)]
        + (nodes..<nodes + witnesses).map { LonghornNodeFact(name: "n\($0)", disks: 1) })
    facts.serverVersion = version
    return facts
  }

  /// The documentation's sums, without images, whose number is not known beforehand.
  static let table: [(nodes: Int, disks: Int, witnesses: Int, version: String?, total: Int, sum: String)] = [
    (4, 4, 0, "v1.2.0", 24, "4 nodes × 4 + 4 disks × 2"),
    (5, 10, 0, "v1.2.0", 40, "5 nodes × 4 + 10 disks × 2"),
    (5, 10, 0, "v1.3.0", 30, "5 nodes × 2 + 10 disks × 2"),
    (2, 2, 1, "v1.4.0", 8, "2 nodes × 2 + 2 disks × 2"),
    (1, 1, 0, nil, 6, "1 node × 4 + 1 disk × 2"),
    (3, 6, 0, "master-head", 24, "3 nodes × 4 + 6 disks × 2"),
    (0, 0, 0, "v1.6.0", 0, "0 nodes × 2 + 0 disks × 2"),
  ]

  @Test(arguments: table.indices) func `the requirement is the documentation's sum`(_ row: Int) {
    let (nodes, disks, witnesses, version, total, sum) = Self.table[row]
    let need = AddressRequirement(
      of: facts(nodes: nodes, disks: disks, witnesses: witnesses, version: version), choice: .automatic)
    #expect(need.total == total)
    #expect(need.sum == sum)
    #expect(need.isVersionKnown == (version?.hasPrefix("v") == true))
  }

  @Test func `the operator can select the formula`() {
    let facts = facts(nodes: 3, disks: 3, version: "v1.6.0")
    #expect(AddressRequirement(of: facts, choice: .always(.v1_2)).total == 18)
    #expect(AddressRequirement(of: facts, choice: .always(.v1_3)).total == 12)
    #expect(AddressRequirement(of: facts, choice: .always(.v1_2)).isVersionKnown)
  }

  @Test func `the V2 data engine and the shared network are counted`() {
    var facts = facts(nodes: 3, disks: 3, version: "v1.6.0")
    facts.v2DataEngineIsOn = true
    #expect(AddressRequirement(of: facts, choice: .automatic).total == 18)
    facts.rwxSharesStorageNetwork = true
    let need = AddressRequirement(of: facts, choice: .automatic)
    #expect(need.total == 18 + 3 + 32)
    #expect(need.sum == "3 nodes × 2 + 3 disks × 2 + 3 V2 engine nodes × 2 + 35 addresses for RWX volumes")
  }

  @Test func `the requirement of an additional node is the difference of two clusters`() {
    for version in ["v1.2.0", "v1.6.0"] {
      for extras in [false, true] {
        var before = facts(nodes: 3, disks: 6, version: version)
        var after = facts(nodes: 4, disks: 8, version: version)
        for facts in [\ClusterFacts.v2DataEngineIsOn, \.rwxSharesStorageNetwork] where extras {
          before[keyPath: facts] = true
          after[keyPath: facts] = true
        }
        let need = AddressRequirement(of: before, choice: .automatic)
        #expect(
          need.total + need.perAdditionalNode(withDisks: 2) == AddressRequirement(of: after, choice: .automatic).total)
      }
    }
  }
}
