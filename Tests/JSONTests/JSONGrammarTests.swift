import Foundation
import TestSupport
import Testing

@testable import JSON

/// Both uses of a text: skipping and building.
func skips(_ text: [UInt8]) -> Bool {
  var reader = JSONReader(text.span)
  do {
    try reader.skip()
    try reader.readEnd()
    return true
  } catch { return false }
}

func builds(_ text: [UInt8]) -> Bool { (try? JSONValue(parsing: text)) != nil }

@Suite struct `JSON grammar of RFC 8259` {
  static let accepted: [String] = [
    // literals and numbers at the top level
    "null", "true", "false", "0", "-0", "1", "-1", "10", "0.5", "-0.0", "1e5", "1E+5", "1e-05", "12.34e56",
    "123456789012345678901234567890", "0e0",
    // strings
    #""""#, #""a""#, #""a\"b""#, #""\\""#, #""\/""#, #""\b\f\n\r\t""#, #""\u0000""#, #""\u00e9""#, #""\uD834\uDD1E""#,
    #""\ud834\udd1e""#, #""\uFFFE\uFDD0""#, #""\u200B\uFEFF""#, "\"\u{2028}\u{2029}\"", "\"\u{7F}\"", "\"é\"", "\"€\"",
    "\"𝄞\"", "\"\u{FFFF}\"", "\"12345678\"", "\"1234567\\n\"",
    "\"a string that is longer than two words of eight bytes\"",
    // containers
    "[]", "{}", "[ ]", "{ }", "[1]", "[1,2]", "[[]]", "[[],[]]", "[{}]", #"{"a":1}"#, #"{"a":1,"b":2}"#, #"{"":{}}"#,
    #"{"a":{"b":{"c":[1,[2,{"d":null}]]}}}"#, #"{"a":1,"a":1}"#, #"{"\u0061":1}"#,
    // white space at every position
    " \t\r\n1 \t\r\n", "[ 1 , 2 ]", "{ \"a\" : 1 , \"b\" : [ ] }", "[\n]",
  ]

  static let refused: [String] = [
    // nothing, or more than one value
    "", " ", "\n", "1 2", "{}{}", "<null>", "\u{2060}[]", "[\\u000A\"\"]", "[]\u{0}", "*", "\\", "{}#", "[1]\u{7F}",
    "[] x", "null,", "\u{FEFF}1", "//c\n1", "1/*c*/", "\u{A0}1", "\u{0C}1",
    // literals
    "nul", "nulls", "NULL", "True", "tru", "truee", "falsy", "undefined", "NaN", "Infinity", "-Infinity", "nan",
    // numbers
    "-", "+1", ".5", "5.", "-.5", "01", "-01", "00", "1e", "1e+", "1E-", "1.e1", "0x10", "1_000", "1,5", "--1", "1e1.5",
    "1a", "0e", "- 1", "１",
    // strings
    "\"", "\"a", "'a'", "a", "\"\t\"", "\"\n\"", "\"\u{0}\"", "\"\u{1F}\"", #""\""#, #""\a""#, #""\'""#, #""\x41""#,
    "\"\\🌀\"",
    #""\u""#, #""\u12""#, #""\u123""#, #""\u123g""#, #""\U0041""#, #""\uD834""#, #""\uD834x""#, #""\uD834\n""#,
    #""\uD834\u0041""#, #""\uDD1E""#, #""\uDD1E\uD834""#, #""\uD834\uD834""#, "\"a\" \"b\"", #""\ ""#,
    // arrays
    "[", "]", "[1", "[1,", "[,", "[,1]", "[1,]", "[1,,2]", "[1 2]", "[1}", "[\"a\":1]", "[1]]", "[[1]", "[:]", "(1)",
    // objects
    "{", "}", "{]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{,\"a\":1}", "{\"a\" 1}",
    "{\"a\",1}", "{\"a\":}", "{a:1}", "{'a':1}", "{1:1}", "{null:1}", "{\"a\"::1}", "{\"a\":1 \"b\":2}",
    "{\"a\":1,,\"b\":2}", "{\"a\":1}}", "{\"a\":1]", "{\"a\":[}", "{:1}", "{\"a\":1;\"b\":2}",
  ]

  /// Invalid UTF-8 in a string (RFC 8259 section 8.1).
  static let refusedBytes: [[UInt8]] = [
    [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x41], [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF],
    [0xE1, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x8F, 0xBF, 0xBF], [0xF0, 0x90, 0x80],
    [0xE6, 0x97, 0xA5, 0xD1, 0x88, 0xFA], [0xFE, 0xFF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF],
    [0xE1, 0x80, 0x41], [0xF1, 0x80, 0x80, 0x41],
  ].map { [0x22] + $0 + [0x22] }

  /// Other encodings than UTF-8, and a byte order mark alone.
  static let foreignEncodings: [[UInt8]] = [
    [0xEF, 0xBB, 0xBF], [0xFF, 0xFE, 0x5B, 0x00, 0x5D, 0x00], [0x00, 0x5B, 0x00, 0x5D], [0x5B, 0x00, 0x5D, 0x00],
  ]

  @Test(arguments: accepted) func `valid JSON is accepted`(_ text: String) {
    #expect(ReferenceJSONParser.accepts(Array(text.utf8)))
    #expect(skips(Array(text.utf8)))
    #expect(builds(Array(text.utf8)))
  }

  @Test(arguments: refused.map { Array($0.utf8) } + refusedBytes + foreignEncodings) func `invalid JSON is rejected`(
    _ text: [UInt8]
  ) {
    #expect(!ReferenceJSONParser.accepts(text))
    #expect(!skips(text))
    #expect(!builds(text))
  }

  @Test func `every proper prefix and suffix of a text is rejected`() {
    let whole = Array(#"{"a":["\u00e9\uD834\uDD1E",-1.5e+3,true,false,null,{"":{}}],"b":"long enough for words"}"#.utf8)
    #expect(skips(whole))
    for count in 0..<whole.count {
      #expect(!skips(Array(whole.prefix(count))))
      #expect(!builds(Array(whole.prefix(count))))
      #expect(!skips(Array(whole.suffix(count))))
    }
  }

  @Test func `a special byte is found at every offset of a word`() {
    for length in 0..<40 {
      for offset in 0..<length {
        for special in [UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x00, 0x1F, 0x80, 0xFF] {
          var content = [UInt8](repeating: UInt8(ascii: "a"), count: length)
          content[offset] = special
          let text = [0x22] + content + [0x22]
          #expect(skips(text) == ReferenceJSONParser.accepts(text))
        }
      }
    }
  }

  @Test func `64 levels are accepted and 65 are too deep`() {
    func nested(_ depth: Int) -> [UInt8] {
      [UInt8](repeating: UInt8(ascii: "["), count: depth) + [UInt8](repeating: UInt8(ascii: "]"), count: depth)
    }
    #expect(skips(nested(64)) && builds(nested(64)))
    for depth in [65, 100_000] {
      #expect(throws: JSONError(problem: .tooDeep, offset: 64)) { try JSONValue(parsing: nested(depth)) }
      #expect(!skips(nested(depth)))
    }
  }

  @Test func `a hundred thousand mutations get the reference parser's result`() {
    var seed = SeededNumbers()
    let start = seed.seed
    let alphabet = Array(#"{}[],:"\/ue0123456789.+-Eabfnrtls "#.utf8) + [0x00, 0x0A, 0x80, 0xC3, 0xA9, 0xED, 0xFF]
    let stock = Self.accepted.map { Array($0.utf8) }
    for _ in 0..<100_000 {
      var text = stock[seed.next(below: stock.count)]
      for _ in 0...seed.next(below: 3) {
        let offset = seed.next(below: text.count + 1)
        switch seed.next(below: 3) {
        case 0: text.insert(alphabet[seed.next(below: alphabet.count)], at: offset)
        case 1 where offset < text.count: text.remove(at: offset)
        case 2 where offset < text.count: text[offset] = alphabet[seed.next(below: alphabet.count)]
        default: text += stock[seed.next(below: stock.count)]
        }
      }
      let expected = ReferenceJSONParser.accepts(text)
      #expect(skips(text) == expected, "SEED=\(start): \(text)")
      #expect(builds(text) == expected, "SEED=\(start): \(text)")
    }
  }

  /// The public suite (github.com/nst/JSONTestSuite) is not in the repository; name its test_parsing folder to run it.
  static let publicSuite = ProcessInfo.processInfo.environment["JSON_TEST_SUITE"]

  @Test(.enabled(if: publicSuite != nil, "JSON_TEST_SUITE names the folder test_parsing of the public suite"))
  func `the public suite's y files are accepted, its n files rejected, and its i files either`() throws {
    let folder = URL(filePath: try #require(Self.publicSuite))
    var count = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
      let text = Array(try Data(contentsOf: folder.appending(path: name)))
      let expected = name.hasPrefix("i_") ? ReferenceJSONParser.accepts(text) : name.hasPrefix("y_")
      #expect(skips(text) == expected, "\(name)")
      #expect(builds(text) == expected, "\(name)")
      count += 1
    }
    #expect(count > 300)
  }
}
