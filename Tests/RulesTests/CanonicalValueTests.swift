import JSON
import TestSupport
import Testing

@testable import Rules

@Suite struct `Canonical value` {
  func spelling(_ text: String) -> String? {
    CanonicalValue(Array(text.utf8)).map { String(decoding: $0.spelling, as: UTF8.self) }
  }

  /// A text and its canonical spelling.
  static let table: [(written: String, canonical: String)] = [
    // the order of known keys
    (
      #"{"exclude":["a"],"exclusiveVlan":true,"range":"r","clusterNetwork":"c","vlan":1}"#,
      #"{"vlan":1,"clusterNetwork":"c","range":"r","exclusiveVlan":true,"exclude":["a"]}"#
    ),
    // unknown keys after them in byte order, nested ones too
    (
      #"{"z":1,"é":2,"Z":3,"range":"r","a":{"y":1,"b":{"d":1,"c":2}}}"#,
      #"{"range":"r","Z":3,"a":{"b":{"c":2,"d":1},"y":1},"z":1,"é":2}"#
    ),
    // white space and escapes
    ("{ \"range\" :\n\t\"r\" }\r\n", #"{"range":"r"}"#),
    (#"{"r\u0061nge":"\u0072\/"}"#, #"{"range":"r/"}"#),
    // defaults are left out, except for an empty list
    (#"{"vlan":0,"exclusiveVlan":false}"#, "{}"),
    (#"{"vlan":null,"clusterNetwork":null,"range":null,"exclude":null}"#, "{}"),
    (#"{ "exclude": [], "range": "r" }"#, #"{"range":"r","exclude":[]}"#),
    // the same values under other keys stay
    (
      #"{"range":"","more":0,"other":false,"list":[],"nothing":null}"#,
      #"{"range":"","list":[],"more":0,"nothing":null,"other":false}"#
    ),
    (#"{"vlan":"0","exclusiveVlan":"false","exclude":{}}"#, #"{"vlan":"0","exclusiveVlan":"false","exclude":{}}"#),
    // numbers keep their digits
    (
      #"{"vlan":1e2,"x":1.50,"y":-0,"z":12345678901234567890123}"#,
      #"{"vlan":1e2,"x":1.50,"y":-0,"z":12345678901234567890123}"#
    ),
    // lists keep their order and duplicates
    (#"{"exclude":["b", "a", "b"]}"#, #"{"exclude":["b","a","b"]}"#),
    // empty texts
    ("", ""), (" \n\t\r", ""), ("{}", "{}"),
  ]

  @Test(arguments: table) func `every text has one canonical spelling`(_ row: (written: String, canonical: String)) {
    #expect(spelling(row.written) == row.canonical)
    #expect(spelling(row.canonical) == row.canonical)
  }

  @Test(arguments: [
    "null", "[]", "\"x\"", "1", "true", "{", "{\"a\":1,}", "{} {}", "\u{FEFF}{}", "vlan: 100",
    // a repeated key, at any depth or in another case: the order decides which one is used
    #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":1}"#, #"{"x":{"a":1,"a":2}}"#, #"{"x":[{"a":1,"a":2}]}"#,
    #"{"vlan":1,"VLAN":2}"#, #"{"VLAN":1}"#, #"{"excluſive":1,"excluſiveVlan":true}"#,
  ]) func `a text that is not a JSON object with distinct keys has no canonical spelling`(_ text: String) {
    #expect(spelling(text) == nil)
  }

  @Test(arguments: [#"{"a":1,"b":1}"#, #"{"a":{"b":1},"b":{"b":1}}"#, #"{"e\u0301":1,"\u00e9":2}"#])
  func `keys that only look alike are distinct`(_ text: String) {
    #expect(spelling(text) != nil)
  }

  /// Two texts, and whether Harvester creates the same network from both.
  static let pairs: [(one: String, other: String, areSame: Bool)] = [
    (#"{"exclude":["b","a"]}"#, #"{"exclude":["a","b"]}"#, true),
    (#"{"exclude":["a","a","b"]}"#, #"{"exclude":["b","a"]}"#, true),
    (#"{"exclude":["a","b"]}"#, #"{"exclude":["a"]}"#, false),
    (#"{"exclude":[]}"#, "{}", true), (#"{"exclude":[]}"#, #"{"exclude":["a"]}"#, false),
    (#"{"exclude":[1,{"b":1,"a":2}]}"#, #"{"exclude":[{"a":2,"b":1},1]}"#, true),
    (#"{"exclude":"a"}"#, #"{"exclude":["a"]}"#, false),
    // other lists keep their order
    (#"{"more":["b","a"]}"#, #"{"more":["a","b"]}"#, false), (#"{"more":[]}"#, "{}", false),
    // the empty text differs from an object without entries
    ("", "{}", false), ("", #"{"exclude":[]}"#, false), ("", " ", true),
  ]

  @Test(arguments: pairs) func `the order of exclude has no meaning`(
    _ row: (one: String, other: String, areSame: Bool)
  ) throws {
    let (one, other) = (
      try #require(CanonicalValue(Array(row.one.utf8))), try #require(CanonicalValue(Array(row.other.utf8)))
    )
    #expect(one.meansSame(as: other) == row.areSame)
    #expect(other.meansSame(as: one) == row.areSame)
  }

  @Test func `two texts mean the same exactly if their networks are equal`() {
    var random = SeededNumbers()
    let seed = random.seed
    var equal = 0
    for _ in 0..<5_000 {
      let members = RandomNetwork.members(&random)
      let other = random.next(below: 2) == 0 ? members : RandomNetwork.changed(members, &random)
      let (one, two) = (RandomNetwork.written(members, &random), RandomNetwork.written(other, &random))
      let mean = (Meaning(one), Meaning(two))
      if let one = CanonicalValue(Array(one.utf8)), let two = CanonicalValue(Array(two.utf8)) {
        #expect(one.meansSame(as: two) == (mean.0 == mean.1), "SEED=\(seed): \(one) \(two)")
      } else {
        Issue.record("SEED=\(seed): no canonical value: \(one) \(two)")
      }
      equal += mean.0 == mean.1 ? 1 : 0

      let canonical = spelling(one) ?? "none"
      #expect(Meaning(canonical) == mean.0, "SEED=\(seed): \(one)")
      #expect(spelling(canonical) == canonical, "SEED=\(seed): \(one)")
      #expect(!canonical.contains(" ") || one.contains(" "), "SEED=\(seed): \(one)")
    }
    #expect((1_250..<3_750).contains(equal))
  }
}

@Suite struct `Stored value` {
  func normalized(old: String?, new: String) -> String? {
    func setting(_ text: String) -> SettingObject { SettingObject(value: .text(Array(text.utf8))) }
    let change = old.map { Change.update(from: setting($0), to: setting(new)) } ?? .creation(of: setting(new))
    return change.normalizedValue.map { String(decoding: $0, as: UTF8.self) }
  }

  /// The stored, the proposed and the resulting text; nil if the proposed text stays.
  static let table: [(old: String?, new: String, stored: String?)] = [
    // a new value gets the canonical spelling
    ("", #"{ "vlan": 1 }"#, #"{"vlan":1}"#),
    (nil, #"{"range":"r","vlan":1}"#, #"{"vlan":1,"range":"r"}"#),
    ("", #"{"vlan":1}"#, nil),
    // a value with the stored meaning becomes the stored text, with any spelling
    (#"{"range":"r", "vlan":1}"#, #"{"vlan":1,"range":"r"}"#, #"{"range":"r", "vlan":1}"#),
    (#"{"vlan":1}"#, #"{"vlan":1,"exclusiveVlan":false}"#, #"{"vlan":1}"#),
    (#"{"vlan":1,"exclude":[]}"#, #"{"vlan":1}"#, #"{"vlan":1,"exclude":[]}"#),
    (#"{"vlan":1}"#, #"{"vlan":1,"exclude":[]}"#, #"{"vlan":1}"#),
    (#"{"exclude":["b","a"]}"#, #"{"exclude":["a","b"]}"#, #"{"exclude":["b","a"]}"#),
    // an empty list without a stored text stays
    ("", #"{"vlan":1, "exclude":[]}"#, #"{"vlan":1,"exclude":[]}"#), (nil, #"{"vlan":1,"exclude":[]}"#, nil),
    (#"{"vlan":2}"#, #"{"vlan":1,"exclude":[]}"#, nil),
    // an unchanged value stays, canonical or not
    (#"{ "vlan": 1 }"#, #"{ "vlan": 1 }"#, nil),
    ("nonsense", "nonsense", nil),
    // an invalid text stays, and is denied
    ("", "nonsense", nil), (#"{"vlan":1}"#, #"{"vlan":1,"vlan":1}"#, nil),
    // white space alone is empty
    ("", " \n", ""), (" ", "", " "), (#"{"vlan":1}"#, " ", ""),
    // an invalid stored text has no meaning
    ("nonsense", #"{ "vlan": 1 }"#, #"{"vlan":1}"#),
  ]

  @Test(arguments: table)
  func `a value with the meaning of the stored one keeps the stored text, any other is canonical`(
    _ row: (old: String?, new: String, stored: String?)
  ) {
    #expect(normalized(old: row.old, new: row.new) == row.stored)
    // The stored value then stays.
    #expect(normalized(old: row.old, new: row.stored ?? row.new) == nil)
  }

  @Test func `a value that is not a string and a deletion are unchanged`() {
    let notString = Change.update(from: SettingObject(), to: SettingObject(value: .notString))
    #expect(notString.normalizedValue == nil)
    #expect(Change.deletion(of: SettingObject()).normalizedValue == nil)
    let blank = SettingObject(value: .text(Array(" ".utf8)))
    #expect(Change.deletion(of: blank).normalizedValue == nil)
  }
}

/// The meaning of a text, written for readability: the oracle of the canonical spelling.
///
/// Objects are dictionaries, so that order has no meaning; defaults are removed from the outermost one.
indirect enum Meaning: Equatable {
  static func == (left: Meaning, right: Meaning) -> Bool {
    switch (left, right) {
    case (.plain(let left), .plain(let right)): left == right
    case (.string(let left), .string(let right)): left == right
    case (.list(let left), .list(let right)): left == right
    case (.set(let left), .set(let right)): left.allSatisfy(right.contains) && right.allSatisfy(left.contains)
    case (.object(let left), .object(let right)): left == right
    default: false
    }
  }

  case plain(String)
  case string([UInt8])
  case list([Meaning])
  /// A list without order and duplicates.
  case set([Meaning])
  case object([[UInt8]: Meaning])

  init?(_ text: String) {
    guard let value = try? JSONValue(parsing: Array(text.utf8)), case .object(var members) = Meaning(value) else {
      return nil
    }
    if case .list(let exclusions)? = members[Array("exclude".utf8)] {
      members[Array("exclude".utf8)] = exclusions.isEmpty ? nil : .set(exclusions)
    }
    for (key, nothing) in [("vlan", Meaning.plain("0")), ("exclusiveVlan", .plain("false"))]
    where members[Array(key.utf8)] == nothing { members[Array(key.utf8)] = nil }
    for key in ["vlan", "clusterNetwork", "range", "exclusiveVlan", "exclude"]
    where members[Array(key.utf8)] == .plain("null") { members[Array(key.utf8)] = nil }
    self = .object(members)
  }

  private init(_ value: JSONValue) {
    switch value {
    case .null: self = .plain("null")
    case .bool(let bool): self = .plain("\(bool)")
    case .number(let digits): self = .plain(digits)
    case .string(let string): self = .string(Array(string.utf8))
    case .array(let elements): self = .list(elements.map { Meaning($0) })
    case .object(let members):
      self = .object(Dictionary(members.map { (Array($0.key.utf8), Meaning($0.value)) }) { $1 })
    }
  }
}

/// Networks as clients write them, valid or not.
enum RandomNetwork {
  typealias Member = (key: String, value: String)

  static let fields: [(key: String, values: [String])] = [
    ("vlan", ["0", "1", "100", "null", "\"0\"", "1e2", "-0"]),
    ("clusterNetwork", ["\"mgmt\"", "\"storage\"", "\"\"", "null"]),
    ("range", ["\"192.168.0.0/24\"", "\"10.0.0.0/16\"", "null", "1"]),
    ("exclusiveVlan", ["true", "false", "null", "0"]),
    ("exclude", ["[]", "[\"192.168.0.1/32\"]", "[\"b\",\"a\"]", "[\"a\",\"b\",\"a\"]", "null", "{}"]),
    ("rangeV6", ["\"fd00::/64\"", "null", "\"\""]),
    ("more", ["{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}", "{\"b\":2,\"a\":1}", "[]", "{}"]),
    ("é", ["1.50", "1.5", "\"\\u00e9\"", "\"é\"", "\"e\\u0301\""]),
  ]

  static func members(_ random: inout SeededNumbers) -> [Member] {
    fields.filter { _ in random.next(below: 3) > 0 }.map { ($0.key, random.pick($0.values)) }
  }

  static func changed(_ members: [Member], _ random: inout SeededNumbers) -> [Member] {
    let entry = random.pick(fields)
    return members.filter { $0.key != entry.key } + [(entry.key, random.pick(entry.values))]
  }

  /// The members in any order, with any white space and escapes.
  static func written(_ members: [Member], _ random: inout SeededNumbers) -> String {
    let blanks = ["", "", " ", "\n  ", "\t"]
    let pairs = members.shuffled(using: &random).map { member in
      let key = random.next(below: 4) == 0 ? escaped(member.key) : member.key
      return random.pick(blanks) + "\"\(key)\"" + random.pick(blanks) + ":" + random.pick(blanks) + member.value
        + random.pick(blanks)
    }
    return random.pick(blanks) + "{" + pairs.joined(separator: ",") + "}" + random.pick(blanks)
  }

  private static func escaped(_ key: String) -> String {
    key.utf16.map { unit in
      let digits = String(unit, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }.joined()
  }
}
