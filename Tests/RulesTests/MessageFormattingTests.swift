import JSON
import Testing

@testable import Rules

@Suite struct `Message formatting` {
  @Test(arguments: [
    ([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"),
    ((1...10).map { "\($0)" }, "1, 2, 3, 4, 5, 6, 7, 8, 9 and 10"),
    ((1...11).map { "\($0)" }, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 1 more"),
    ((1...500).map { "\($0)" }, "1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 490 more"),
  ]) func `ten names are listed and further ones counted`(_ names: [String], _ text: String) {
    #expect(names.englishList == text)
  }

  @Test(arguments: [
    (0, "node", "0 nodes"), (1, "node", "1 node"), (2, "node", "2 nodes"), (2, "address", "2 addresses"),
    (1, "address", "1 address"), (3, "entry", "3 entries"),
  ]) func `nouns agree with their numbers`(_ count: Int, _ unit: String, _ text: String) {
    #expect(count.counted(unit) == text)
  }

  @Test func `a long text is truncated between characters with an ellipsis`() {
    #expect("short".truncated(to: 5) == "short")
    #expect("longer".truncated(to: 5) == "lo...")
    // Never within a character, however many bytes it has.
    #expect("👩‍👩‍👧‍👦👩‍👩‍👧‍👦".truncated(to: 30) == "👩‍👩‍👧‍👦...")
    for limit in 3..<60 {
      let cut = String(repeating: "é", count: 40).truncated(to: limit)
      #expect(cut.utf8.count <= limit)
      #expect(cut.hasSuffix("..."))
    }
    #expect(String(repeating: "x", count: 100).quoted.utf8.count == 82)
  }

  @Test func `a warning is never longer than the API server's limit`() {
    #expect(Warning(rule: "", message: String(repeating: "x", count: 255)).message.hasSuffix("xxx"))
    let long = Warning(rule: "", message: String(repeating: "x", count: 256)).message
    #expect(long == String(repeating: "x", count: 252) + "...")
    // Escaped first and then truncated, never within an escape sequence.
    let escaped = Warning(rule: "", message: String(repeating: "é", count: 1000)).message
    #expect(escaped == String(repeating: #"\u00e9"#, count: 42) + "...")
  }
}

@Suite struct `Warnings about a list` {
  @Test(arguments: [
    ([], []), (["a"], ["1 a"]), ((0..<10).map { "\($0)" }, ["1 0, 1, 2, 3, 4, 5, 6, 7, 8 and 9"]),
    ((0..<11).map { "\($0)" }, ["1 0, 1, 2, 3, 4, 5, 6, 7, 8 and 9", "2 10"]),
  ]) func `no line names more than ten elements, and each element is named once`(_ names: [String], _ lines: [String]) {
    #expect(Warning.lines(of: names, after: "1 ", thenAfter: "2 ") == lines)
  }

  @Test func `a line has up to 255 bytes, and an element that does not fit is on the next line`() {
    func lines(_ length: Int) -> [String] {
      Warning.lines(of: ["a", "b", String(repeating: "c", count: length)], after: "first ", thenAfter: "next ")
    }
    // `first a, b and ` has 15 bytes.
    #expect(lines(240).map(\.utf8.count) == [255])
    #expect(lines(241) == ["first a and b", "next \(String(repeating: "c", count: 241))"])
  }
}

@Suite struct `Values of extreme size` {
  func verdict(_ text: String) -> Verdict {
    let change = Change.update(from: SettingObject(), to: SettingObject(value: .text(Array(text.utf8))))
    return Ruleset().evaluate(change) { SharedFacts(ClusterFacts()) }
  }

  @Test func `a value above the limit is denied before any other rule is evaluated`() {
    let text = "{\(String(repeating: " ", count: 64 * 1024))}"
    guard case .denied(let violations, []) = verdict(text) else {
      Issue.record("\(verdict(text))")
      return
    }
    let reasons = violations.filter { $0.kind != .forbidden }.map(\.message)
    #expect(reasons.count == 1)
    #expect(reasons.first?.hasPrefix("Invalid value: must have at most 65536 bytes, but has 65538; ") == true)
  }

  @Test func `a value at the limit is evaluated as any other`() {
    let blanks = String(repeating: " ", count: 64 * 1024 - 2)
    guard case .denied(let violations, _) = verdict("{\(blanks)}") else {
      Issue.record("an empty object is no network")
      return
    }
    #expect(violations.contains { $0.field == "value.range" })
  }

  @Test func `many unknown keys give one warning`() {
    let keys = (0..<3000).map { "\"k\($0)\":1" }.joined(separator: ",")
    guard case .denied(_, let warnings) = verdict("{\(keys)}") else {
      Issue.record("keys alone are no network")
      return
    }
    #expect(warnings.count == 1)
    #expect(
      warnings.first?.message.hasPrefix(#"value: 3000 keys are unknown and are stored unchanged: "k0", "#) == true)
    #expect(warnings.first?.message.contains(#""k9" and 2990 more; known are vlan, "#) == true)
  }

  @Test func `the canonical spelling of many keys takes no quadratic time`() {
    let keys = (0..<6_000).map { "\"k\($0)\":1" }
    let text = "{\(keys.joined(separator: ","))}"
    let spelling = CanonicalValue(Array(text.utf8))?.spelling
    #expect(spelling?.count == text.utf8.count)
    #expect(CanonicalValue(Array("{\((keys + [keys[7]]).joined(separator: ","))}".utf8)) == nil)
  }

  @Test func `a value above the limit has no canonical spelling`() {
    func text(_ count: Int) -> [UInt8] { Array("{ \"a\":\"\(String(repeating: "x", count: count - 9))\"}".utf8) }
    #expect(text(ParsedSetting.maxTextLength).count == ParsedSetting.maxTextLength)
    #expect(CanonicalValue(text(ParsedSetting.maxTextLength))?.spelling.count == ParsedSetting.maxTextLength - 1)
    #expect(CanonicalValue(text(ParsedSetting.maxTextLength + 1)) == nil)
  }

  /// Swift normalises strings before it compares or hashes them: each mark out of order would move past half of them.
  @Test(.timeLimit(.minutes(1))) func `combining marks cost no more than other text`() {
    let marks = String(repeating: "\u{301}", count: 16_000) + String(repeating: "\u{323}", count: 16_000)
    var facts = ClusterFacts()
    facts.clusterNetworks = ClusterNetworkFact.join(
      (0..<20).map { ClusterNetworkCondition(name: "network-\($0)", isReady: true) }, [], [], [])
    let others = (0..<9).map { "\"k\($0)\":1" }.joined(separator: ",")
    for text in ["{\"clusterNetwork\":\"\(marks)\"}", "{\"\(marks)\":1,\(others)}"] {
      let change = Change.update(from: SettingObject(), to: SettingObject(value: .text(Array(text.utf8))))
      for _ in 0..<10 {
        guard case .denied = Ruleset().evaluate(change, in: { SharedFacts(facts) }) else {
          Issue.record("marks are no network")
          return
        }
        #expect(CanonicalValue(Array(text.utf8)) != nil)
      }
    }
  }
}

@Suite struct `Warnings` {
  static let keys = ["größe", "ключ", "🔑🔑🔑🔑🔑🔑", String(repeating: "é", count: 500), "a\"b", "\u{200B}", "x"]

  /// Keys of every kind, alone and many together.
  @Test(arguments: 1...40) func `a warning about any keys is ASCII, short, and ends with its advice`(_ count: Int)
    throws
  {
    let members = (0..<count).map { index in
      JSONMember(key: "\(Self.keys[index % Self.keys.count])\(index)", value: .null)
    }
    var writer = JSONWriter()
    writer.append(object: members)
    let change = Change.update(from: SettingObject(), to: SettingObject(value: .text(writer.bytes)))
    guard case .denied(_, let warnings) = Ruleset().evaluate(change, in: { SharedFacts(ClusterFacts()) }) else {
      Issue.record("keys alone are no network")
      return
    }
    let warning = try #require(warnings.first { $0.rule == "KeysAreKnown" }).message
    #expect(warning.utf8.count <= 255)
    #expect(warning.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
    #expect(warning.hasSuffix("known are vlan, clusterNetwork, range, exclusiveVlan and exclude"))
  }

  @Test func `non-ASCII characters are escaped as in Go`() {
    #expect(Warning(rule: "", message: "ö 🔑\n").message == #"\u00f6 \U0001f511\n"#)
  }
}
