import JSON
import TestSupport
import Testing

@testable import Rules

@Suite struct `Proposed network` {
  func network(_ text: String) throws -> ProposedNetwork { try ProposedNetwork(Array(text.utf8).span) }

  @Test(arguments: [
    ("1", 1), ("4094", 4094), ("-1", -1), ("0", 0), ("9223372036854775807", .max), ("9223372036854775806", .max - 1),
    ("9223372036854775808", .max),
    ("99999999999999999999", .max), ("-9223372036854775806", -.max + 1),
    ("-99999999999999999999", .min), ("123456789012345678", 123_456_789_012_345_678),
  ]) func `a VLAN is an integer, clamped if it has too many digits`(
    _ written: String, _ vlan: Int
  ) throws {
    #expect(try network(#"{"vlan":\#(written)}"#).vlan.value == vlan)
  }

  /// Texts that Go rejects as an integer.
  @Test(arguments: ["1.0", "1e2", "-0", #""1""#, "true", "[1]", "{}", #"{"a":1}"#])
  func `a VLAN of another type is kept as written`(_ written: String) throws {
    guard case .wrongType(let value) = try network(#"{ "vlan" : \#(written) }"#).vlan else {
      Issue.record("\(written) was read as a VLAN")
      return
    }
    var writer = JSONWriter()
    writer.append(sorted: value)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == written)
  }

  @Test func `null equals a missing key, and the last of repeated keys is used`() throws {
    #expect(try network(#"{"vlan":1,"vlan":null}"#).vlan.value == nil)
    #expect(try network(#"{"vlan":null,"VLAN":2}"#).vlan.value == 2)
    #expect(try network(#"{"vlan":2,"vlan":true,"vlan":3}"#).vlan.value == 3)
  }

  @Test func `exclusions are valid only if all of them are strings`() throws {
    let read = try network(#"{"exclude":["192.168.0.1/32", "x"]}"#).exclusions.value
    #expect(read?.map(\.text) == ["192.168.0.1/32", "x"])
    #expect(read?.map { $0.network != nil } == [true, false])
    #expect(try network(#"{"exclude":["192.168.0.1/32",1]}"#).exclusions.value == nil)
    #expect(try network(#"{"exclude":[]}"#).exclusions.value?.isEmpty == true)
  }

  @Test func `an escaped key equals its decoded form`() throws {
    #expect(try network(#"{"\u0076lan":7}"#).vlan.value == 7)
    #expect(try network(#"{"\u0056LAN":7}"#).unknownFields.map(\.matchedKey) == [.vlan])
  }

  /// Reading entry by entry and reading the whole tree give the same result.
  @Test func `repeated keys are found in the whole text`() throws {
    var random = SeededNumbers()
    let seed = random.seed
    let keys = ["vlan", "VLAN", "clusterNetwork", "range", "exclude", "exclusiveVlan", "more"]
    let values = [
      "1", "null", "true", #""a""#, "[]", #"["a"]"#, #"[{"b":1,"b":2}]"#, #"{"c":1}"#, #"{"c":{"d":1,"d":1}}"#,
    ]
    var repeats = 0
    for _ in 0..<3_000 {
      let members = (0..<random.next(below: 5)).map { _ in #""\#(random.pick(keys))":\#(random.pick(values))"# }
      let text = "{\(members.joined(separator: ","))}"
      let expected = try JSONValue(parsing: Array(text.utf8)).repeatedKeys
      #expect(try network(text).repeatedKeys == expected, "SEED=\(seed): \(text)")
      repeats += expected.isEmpty ? 0 : 1
    }
    #expect((300..<2_700).contains(repeats))
  }
}
