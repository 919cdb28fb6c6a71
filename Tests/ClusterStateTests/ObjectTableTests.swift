import Testing

@testable import ClusterState

@Suite struct `Object table` {
  /// The oracle: a dictionary that is sorted completely.
  @Test(arguments: [1, 2, 3, 4, 5] as [UInt64]) func `the list equals a full sort`(_ seed: UInt64) {
    var random = SplitMix(state: seed)
    var table = ObjectTable<Int>()
    var oracle: [NamespacedName: Int] = [:]
    for _ in 0..<3_000 {
      let name = NamespacedName(
        namespace: ["", "a", "b"].randomElement(using: &random) ?? "", name: "\(Int.random(in: 0..<40, using: &random))"
      )
      let fact = Bool.random(using: &random) ? Int.random(in: 0..<3, using: &random) : nil
      table[name] = fact
      oracle[name] = fact
      #expect(table[name] == fact, "seed \(seed)")
      if Int.random(in: 0..<4, using: &random) == 0 {
        #expect(table.sorted == oracle.sorted { $0.key < $1.key }.map(\.value), "seed \(seed)")
      }
    }
  }

  @Test func `the list is empty in a new table and after all objects are removed`() {
    var table = ObjectTable<Int>()
    #expect(table.sorted == [])
    table[NamespacedName(name: "a")] = 1
    #expect(table.sorted == [1])
    table[NamespacedName(name: "a")] = nil
    #expect(table.sorted == [])
    table[NamespacedName(name: "never there")] = nil
    #expect(table.sorted == [])
  }
}
