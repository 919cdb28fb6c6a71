import TestSupport
import Testing

@testable import Addressing

@Suite struct `Covering addresses with networks` {
  static func set(_ range: ClosedRange<UInt32>) -> AddressSet {
    AddressSet(
      AddressInterval(
        IPv4Address(rawValue: 0x0A00_0000 + range.lowerBound), IPv4Address(rawValue: 0x0A00_0000 + range.upperBound)))
  }

  static let table: [(needed: [ClosedRange<UInt32>], spare: [ClosedRange<UInt32>], networks: [String])] = [
    ([], [], []),
    ([1...1], [], ["10.0.0.1/32"]),
    ([1...1], [0...0], ["10.0.0.1/32"]),
    ([1...3], [], ["10.0.0.1/32", "10.0.0.2/31"]),
    ([1...3], [0...0], ["10.0.0.0/30"]),
    ([0...255], [], ["10.0.0.0/24"]),
    (
      [10...200], [],
      [
        "10.0.0.10/31", "10.0.0.12/30", "10.0.0.16/28", "10.0.0.32/27", "10.0.0.64/26", "10.0.0.128/26",
        "10.0.0.192/29", "10.0.0.200/32",
      ]
    ),
    ([4...4, 9...9], [], ["10.0.0.4/32", "10.0.0.9/32"]),
  ]

  @Test(arguments: table.indices) func `the covering networks of each table row are exact`(_ row: Int) {
    let (needed, spare, networks) = Self.table[row]
    func union(_ ranges: [ClosedRange<UInt32>]) -> AddressSet {
      ranges.map(Self.set).reduce(AddressSet()) { $0.union($1) }
    }
    #expect(union(needed).networks(allowing: union(spare)).map(\.description) == networks)
  }

  @Test func `a cover has every needed address, no other than allowed, and is as small as an exhaustive search finds`()
  {
    var numbers = SeededNumbers()
    let seed = numbers.seed
    for _ in 0..<300 {
      func some() -> Set<UInt32> { Set((0..<16).filter { _ in Bool.random(using: &numbers) }) }
      let (needed, spare) = (some(), some())
      func set(_ numbers: Set<UInt32>) -> AddressSet {
        AddressSet(numbers.map { IPv4Address(rawValue: 0x0A00_0000 + $0) })
      }
      let networks = set(needed).networks(allowing: set(spare))
      let held = Set(
        networks.flatMap { network in (0..<16).filter { network.contains(IPv4Address(rawValue: 0x0A00_0000 + $0)) } })
      #expect(held.isSuperset(of: needed), "seed \(seed)")
      #expect(held.isSubset(of: needed.union(spare)), "seed \(seed)")
      #expect(networks.count == Self.fewest(needed, needed.union(spare), 0..<16), "seed \(seed)")
    }
  }

  /// By the definition: a block that is allowed completely takes one network, any other those of its halves.
  private static func fewest(_ needed: Set<UInt32>, _ allowed: Set<UInt32>, _ block: Range<UInt32>) -> Int {
    if needed.isDisjoint(with: block) { return 0 }
    if allowed.isSuperset(of: block) { return 1 }
    let middle = (block.lowerBound + block.upperBound) / 2
    return fewest(needed, allowed, block.lowerBound..<middle) + fewest(needed, allowed, middle..<block.upperBound)
  }
}
