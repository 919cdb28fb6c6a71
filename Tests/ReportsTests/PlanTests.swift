import Addressing
import Foundation
import Rules
import TestSupport
import Testing

@testable import Reports

@Suite struct `Size of the range` {
  @Test func `the documentation's example needs a /26`() {
    let report = PlanReport(of: StorageLoad(nodes: 5, disks: 10, images: 10))
    #expect(report.need.total == 50)
    #expect(report.need.sizing == .v1_2)
    #expect(!report.need.isVersionKnown)
    #expect(report.smallest?.length == 26)
    #expect(report.smallest?.spare == 12)
    #expect(report.isSufficient)
  }

  @Test func `from v1.3 on a node needs two fewer addresses`() {
    var options = RulesetOptions()
    options.sizing = .always(.v1_3)
    let report = PlanReport(of: StorageLoad(nodes: 5, disks: 10, images: 10), ClusterFacts(), options)
    #expect(report.need.total == 40)
  }

  @Test func `the cluster's version selects the formula`() {
    var facts = ClusterFacts()
    facts.serverVersion = "v1.6.1"
    #expect(PlanReport(of: StorageLoad(nodes: 5, disks: 10), facts).need.total == 30)
    facts.serverVersion = "v1.2.2"
    #expect(PlanReport(of: StorageLoad(nodes: 5, disks: 10), facts).need.total == 40)
  }

  /// A load and the smallest sufficient range, at each edge the last one that fits and the first one that does not.
  static let table: [(nodes: Int, disks: Int, images: Int, length: Int?)] = [
    (1, 0, 0, 29),  // 4 of 6
    (1, 1, 0, 29),  // 6 of 6
    (1, 1, 1, 28),  // 7 of 14
    (1, 5, 0, 28),  // 14 of 14
    (1, 5, 1, 27),  // 15 of 30
    (1, 32765, 0, 16),  // 65534 of 65534
    (1, 32765, 1, nil),  // one too many for the widest range
  ]

  @Test(arguments: table) func `the smallest range is sufficient and the next smaller one is not`(
    _ row: (nodes: Int, disks: Int, images: Int, length: Int?)
  ) {
    let report = PlanReport(of: StorageLoad(nodes: row.nodes, disks: row.disks, images: row.images))
    #expect(report.smallest?.length == row.length)
    #expect(report.isSufficient == (row.length != nil))
  }

  @Test func `the number of additional nodes is exact`() {
    for nodes in 1...40 {
      for disks in [nodes, nodes * 3] {
        let load = StorageLoad(nodes: nodes, disks: disks)
        let perNode = disks / nodes
        for choice in PlanReport(of: load).prefixOptions {
          let grown = StorageLoad(
            nodes: nodes + choice.moreNodes, disks: disks + choice.moreNodes * perNode)
          let tooMany = StorageLoad(
            nodes: nodes + choice.moreNodes + 1, disks: disks + (choice.moreNodes + 1) * perNode)
          #expect(PlanReport(of: grown).need.total <= choice.usable)
          #expect(PlanReport(of: tooMany).need.total > choice.usable)
        }
      }
    }
  }
}

extension PlanReport {
  fileprivate init(of load: StorageLoad, _ facts: ClusterFacts, _ options: RulesetOptions = RulesetOptions()) {
    self.init(of: load, disksPerAdditionalNode: nil, in: facts, options)
  }
}

@Suite struct `Use of addresses` {
  /// Each address individually: the slow oracle.
  static func use(
    of address: UInt32, in range: IPv4Prefix, _ exclusions: [IPv4Prefix], _ owners: [AddressOwner]
  ) -> AddressSpace.Use? {
    let address = IPv4Address(rawValue: address)
    if exclusions.contains(where: { $0.contains(address) }) { return .excluded }
    if address == range.first || address == range.last || range.length > 30 { return .unusable }
    if owners.contains(where: { $0.addresses.contains(address) }) { return .taken }
    return nil
  }

  @Test func `the use of every address of a small range equals that of the address alone`() {
    var numbers = SeededNumbers()
    let seed = numbers.seed
    for _ in 0..<400 {
      let range = IPv4Prefix(
        containing: IPv4Address(rawValue: .random(in: 0 ... .max, using: &numbers)),
        length: .random(in: 24...32, using: &numbers))
      func randomNetwork() -> IPv4Prefix {
        IPv4Prefix(
          containing: IPv4Address(rawValue: range.first.rawValue &+ .random(in: 0..<300, using: &numbers)),
          length: .random(in: 26...32, using: &numbers))
      }
      let exclusions = (0..<Int.random(in: 0...3, using: &numbers)).map { _ in randomNetwork() }
      let owners = (0..<Int.random(in: 0...3, using: &numbers)).map { AddressOwner(randomNetwork(), "owner \($0)") }
      let need = Int.random(in: 0...80, using: &numbers)
      let space = AddressSpace(of: range, without: exclusions, need: need, owners: owners)
      var missing = need
      var next = range.first.rawValue
      for block in space.blocks {
        #expect(block.addresses.first.rawValue == next, "seed \(seed)")
        for address in block.addresses.first.rawValue...block.addresses.last.rawValue {
          var expected = Self.use(of: address, in: range, exclusions, owners)
          if expected == nil {
            expected = missing > 0 ? .needed : .spare
            missing -= 1
          }
          #expect(block.use == expected, "seed \(seed)")
        }
        next = block.addresses.last.rawValue &+ 1
      }
      #expect(next == range.last.rawValue &+ 1, "seed \(seed)")
    }
  }

  @Test(arguments: [16, 20, 24, 26, 30, 31, 32]) func `a grid covers every address in few rows`(_ length: Int) {
    let range = IPv4Prefix(containing: IPv4Address(rawValue: 0xC0A8_0000), length: length)
    for columns in [32, 64] {
      let grid = AddressGrid(
        AddressSpace(of: range, without: [], need: 10, owners: []), columns: columns)
      #expect(grid.rows.reduce(0) { $0 + $1.cells.count } * grid.addressesPerCell == range.addresses.count)
      #expect(grid.rows.count <= AddressGrid.maxRows)
      #expect(grid.rows.allSatisfy { $0.cells.count <= columns })
    }
  }

  @Test func `a single taken address is visible in the widest range`() throws {
    let range = IPv4Prefix(containing: IPv4Address(rawValue: 0xC0A8_0000), length: 16)
    let node = AddressOwner(IPv4Prefix(containing: IPv4Address(rawValue: 0xC0A8_1234), length: 32), "node a")
    let space = AddressSpace(of: range, without: [], need: 10, owners: [node])
    let grid = AddressGrid(space, columns: 64)
    #expect(grid.rows.flatMap(\.cells).filter { $0 == .taken }.count == 1)
    #expect(grid.rows[0x1234 / (128 * 64)].cells[0x1234 / 128 % 64] == .taken)
  }
}

@Suite struct `Owners of addresses` {
  @Test func `addresses that a HostNetworkConfig keeps for unmatched nodes have an owner`() throws {
    var selector = LabelSelectorFact()
    selector.requirements = [.init(key: "storage", comparison: "Exists", values: [])]
    var config = HostNetworkFact()
    (config.name, config.selector) = ("hosts", selector)
    config.addresses = ["a", "b", "c"].enumerated().map { number, node in
      .init(node: node, address: IPv4Address(rawValue: 0xC0A8_0001 + UInt32(number)), isApplied: node == "b")
    }
    var labelled = NodeFact(name: "a")
    labelled.labels = ["storage": ""]
    var facts = ClusterFacts()
    facts.nodes = [labelled, NodeFact(name: "b"), NodeFact(name: "c")]
    facts.hostNetworks = [config.selecting(from: facts.nodes)]
    // b has its address by the status.
    #expect(facts.hostNetworks[0].addresses.map(\.node) == ["a", "b"])
    #expect(facts.hostNetworks[0].unselectedAddresses.map(\.node) == ["c"])
    let owners = AddressOwner.all(in: facts, RulesetOptions()).filter { $0.owner.contains("hosts") }
    #expect(owners.map(\.owner) == ["a", "b", "c"].map { "node \($0) (HostNetworkConfig hosts)" })
  }
}

@Suite struct `Free ranges` {
  @Test func `the lowest free network equals that of an exhaustive search`() {
    var numbers = SeededNumbers()
    let seed = numbers.seed
    for _ in 0..<300 {
      var free = AddressSet(IPv4Prefix(containing: IPv4Address(rawValue: 0x0A00_0000), length: 24).addresses)
      for _ in 0..<Int.random(in: 0...6, using: &numbers) {
        free.subtract(
          IPv4Prefix(
            containing: IPv4Address(rawValue: 0x0A00_0000 + .random(in: 0..<256, using: &numbers)),
            length: .random(in: 26...32, using: &numbers)))
      }
      let length = Int.random(in: 24...32, using: &numbers)
      let size = UInt32(1) << (32 - length)
      let slow = stride(from: UInt32(0x0A00_0000), to: 0x0A00_0100, by: Int(size)).first { start in
        (start..<start + size).allSatisfy { free.contains(IPv4Address(rawValue: $0)) }
      }
      #expect(free.firstNetwork(ofLength: length)?.first.rawValue == slow, "seed \(seed)")
    }
  }

  @Test func `suggestions are accepted by the rules`() throws {
    for state in [nil] + Golden.states.map(Optional.some) {
      let facts = try Golden.facts(state)
      for length in [16, 20, 24, 26, 28] {
        let suggestions = FreeRanges.suggestions(ofLength: length, in: facts, RulesetOptions())
        #expect(suggestions.count == 3 || length == 16)
        for suggestion in suggestions {
          #expect(suggestion.length == length)
          for node in facts.nodes { #expect(!node.addresses.contains(where: suggestion.contains)) }
          for pool in facts.addressPools { #expect(!pool.range.overlaps(suggestion)) }
          for reserved in ReservedRange.documented { #expect(!reserved.network.overlaps(suggestion)) }
        }
      }
    }
  }

  @Test func `reserved ranges are not suggested`() throws {
    let options = RulesetOptions(reservedRanges: [try ReservedRange(byOption: CIDR("192.168.0.0/16").network)])
    let suggestions = FreeRanges.suggestions(ofLength: 24, in: ClusterFacts(), options)
    #expect(suggestions.map(\.description) == ["172.16.0.0/24", "10.0.0.0/24"])
  }

  @Test func `nothing is suggested if every range is taken`() throws {
    let all = try ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].map { text in
      try ReservedRange(byOption: CIDR(text).network)
    }
    #expect(FreeRanges.suggestions(ofLength: 30, in: ClusterFacts(), RulesetOptions(reservedRanges: all)) == [])
  }
}
