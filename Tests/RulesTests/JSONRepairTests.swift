import JSON
import Testing

@testable import Rules

@Suite struct `JSON repair` {
  static let good = #"{"vlan":100,"clusterNetwork":"storage","exclude":["10.0.0.1/32"],"exclusiveVlan":true}"#

  /// A text that means ``good``, and its mistakes.
  static let table: [(text: String, mistakes: [JSONMistake])] = [
    (
      "{'vlan': 100, 'clusterNetwork': 'storage', 'exclude': ['10.0.0.1/32',], 'exclusiveVlan': True,}",
      [.singleQuotes, .spareComma, .capitalisedLiteral]
    ),
    (
      """
      { // the storage network
        "vlan": 100, /* tagged */ "clusterNetwork": "storage" # hash
        "exclude": ["10.0.0.1/32"], "exclusiveVlan": true
      }
      """, [.comment, .missingComma]
    ),
    (
      "vlan: 100\nclusterNetwork: storage\nexclude: [10.0.0.1/32]\nexclusiveVlan: true",
      [.missingBraces, .missingQuotes, .missingComma]
    ),
    (
      #"{ vlan = 0100, "clusterNetwork" = "storage", "exclusiveVlan": TRUE, "exclude": ["10.0.0.1/32""#,
      [.missingQuotes, .equalsSign, .leadingZero, .capitalisedLiteral, .missingEnd]
    ),
    (
      "\u{FEFF}{“vlan”:\u{A0}100,„clusterNetwork“:«storage»,\"exclude\":[,\"10.0.0.1/32\"],\"exclusiveVlan\":true}},",
      [
        .invisibleCharacter("\u{FEFF}"), .typographicQuotes, .invisibleCharacter("\u{A0}"), .spareComma, .textAfterEnd,
      ]
    ),
    ("'\(good)'\n", [.quotesAroundObject]),
    ("\"\(good)\"", [.quotesAroundObject]),
    (good.replacing("100,", with: "100,,"), [.spareComma]),
  ]

  @Test(arguments: table.indices) func `every usual mistake is named and corrected`(_ row: Int) throws {
    let (text, mistakes) = Self.table[row]
    let repair = try #require(JSONRepair(Array(text.utf8)))
    #expect(repair.mistakes == mistakes)
    #expect(repair.object.written == (try JSONValue(parsing: Array(Self.good.utf8))).written)
  }

  @Test(arguments: [
    "", "{", ",", "x", #"{"vlan":10"#, "100", "[1,2", "{'a'", "{'a':}", "{'a':'b", "{'a':'b\n'}", #"{'a':"\x"}"#,
    "{a:b} c", "{'a':1]", "{:1}",
    "{'a':$}", String(repeating: "[", count: 100), "{a:\(String(repeating: "[", count: 100))", #"{"a":1}"#,
  ]) func `a text with other mistakes is not corrected`(_ text: String) {
    #expect(JSONRepair(Array(text.utf8)) == nil)
  }

  @Test func `a text that is not UTF-8 is not corrected`() {
    #expect(JSONRepair(Array("{'a':'".utf8) + [0xFF] + Array("'}".utf8)) == nil)
  }

  /// Valid JSON has no mistake, and the corrected text is valid JSON.
  @Test func `a text truncated anywhere is corrected to JSON or not at all`() throws {
    for (text, _) in Self.table {
      var repaired = 0
      for length in 0..<text.utf8.count {
        guard let repair = JSONRepair(Array(text.utf8.prefix(length))) else { continue }
        #expect(!repair.mistakes.isEmpty)
        _ = try JSONValue(parsing: Array(repair.object.written.utf8))
        repaired += 1
      }
      #expect(repaired > 0, "\(text)")
    }
  }

  @Test(.timeLimit(.minutes(1))) func `a text of the maximum length takes linear time`() {
    for text in ["{'a':1,", "{a:", "/*", "'", ",", "“", "#\n", "{'a':[1 ", "=", "\u{200B}"] {
      _ = JSONRepair(Array(String(repeating: text, count: ParsedSetting.maxTextLength / text.utf8.count).utf8))
    }
  }
}
