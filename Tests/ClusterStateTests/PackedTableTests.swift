import Testing

@testable import ClusterState

/// The table with prefix compression, compared with a sorted dictionary.
@Suite struct `Packed tables` {
  struct Text: Packable, Equatable {
    var text: String

    init(_ text: String) {
      self.text = text
    }

    func pack(into bytes: inout PackedBytes) { bytes.append(text) }

    init(unpacking reader: inout PackedReader, name: NamespacedName) { text = reader.text() }
  }

  /// Names that are prefixes of each other, differ in one byte, or have lengths of one and two packed bytes.
  private static func randomName(_ random: inout SplitMix) -> NamespacedName {
    let namespace = ["", "a", "ab"].randomElement(using: &random) ?? ""
    let length = [0, 1, 2, 3, 126, 127, 128, 129, 253].randomElement(using: &random) ?? 0
    var name = String(repeating: "a", count: length)
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      name += ["a", "b", "-", "é"].randomElement(using: &random) ?? ""
    }
    return NamespacedName(namespace: namespace, name: name)
  }

  private static func expectSame(_ table: inout PackedTable<Text>, _ model: [NamespacedName: String]) {
    var listed: [(NamespacedName, String)] = []
    table.forEach { name, fact in
      listed.append((name, fact.text))
      return true
    }
    let expected = model.sorted { Array($0.key.packed).lexicographicallyPrecedes($1.key.packed) }
    let isSame = listed.elementsEqual(expected.map { ($0.key, $0.value) }, by: ==)
    #expect(isSame)
    #expect(table.count == model.count)
    #expect(table.first(3).map(\.name) == expected.prefix(3).map(\.key))
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>) func `are a sorted dictionary`(_ seed: UInt64) throws {
    var random = SplitMix(state: seed)
    var table = PackedTable<Text>()
    var model: [NamespacedName: String] = [:]
    // Grows to several chunks, and shrinks to none.
    for step in 0..<2_000 {
      let isWrite = Int.random(in: 0..<2_000, using: &random) > step
      let present = isWrite ? nil : model.keys.randomElement(using: &random)
      let name = present ?? Self.randomName(&random)
      let text = isWrite ? String(repeating: "x", count: Int.random(in: 0..<200, using: &random)) : nil
      table.set(text.map(Text.init), at: name)
      model[name] = text
      for name in [name, Self.randomName(&random)] where table[name]?.text != model[name] {
        try #require(Bool(false), "step \(step): \(name)")
      }
      if step % 100 == 0 { Self.expectSame(&table, model) }
    }
    for name in model.keys { table.set(nil, at: name) }
    Self.expectSame(&table, [:])
    #expect(table.isEmpty)
  }

  @Test func `find nothing under the names between the present ones`() {
    var table = PackedTable<Text>()
    for number in 0..<1_000 { table.set(Text("\(number)"), at: NamespacedName(name: "n-\(1_000 + number)")) }
    for number in 0..<1_000 {
      #expect(table[NamespacedName(name: "n-\(1_000 + number)")] == Text("\(number)"))
      for other in ["n-\(1_000 + number)0", "n-\(1_000 + number)-", "m-\(1_000 + number)", "n\(number)"] {
        #expect(table[NamespacedName(name: other)] == nil)
        table.set(nil, at: NamespacedName(name: other))
      }
    }
    #expect(table.count == 1_000)
  }

  @Test(arguments: [false, true]) func `need few bytes for names with one prefix, in any order`(_ isShuffled: Bool) {
    var random = SplitMix(state: 1)
    let names = (0..<10_000).map {
      NamespacedName(namespace: "default", name: "production-web-server-\(1_000_000 + $0)")
    }
    var table = PackedTable<Text>()
    for name in isShuffled ? names.shuffled(using: &random) : names { table.set(Text("Running"), at: name) }
    #expect(table.count == 10_000)
    // Eight of them are the text, two to four the rest of the name, three the lengths.
    #expect(table.byteCount < 10_000 * 15)
  }
}
