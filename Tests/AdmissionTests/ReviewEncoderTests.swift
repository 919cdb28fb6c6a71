import Foundation
import Rules
import Testing

@testable import Admission

@Suite struct `AdmissionReview encoder` {
  static let head = #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"u""#

  /// An outcome, and its bytes after the uid.
  static let table: [(outcome: Outcome, rest: String)] = [
    (.allowed(warnings: []), #","allowed":true}}"#),
    (
      .allowed(warnings: [Warning(rule: "A", message: "one \"1\""), Warning(rule: "B", message: "two")]),
      #","allowed":true,"warnings":["one \"1\"","two"]}}"#
    ),
    (
      .denied([Violation(rule: "R", field: "value.vlan", .invalid("5000"), "must be less")], warnings: []),
      #","allowed":false,"status":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"#
        + #""value.vlan: Invalid value: 5000: must be less","reason":"Invalid","details":{"name":"#
        + #""storage-network","group":"harvesterhci.io","kind":"Setting","causes":[{"reason":"FieldValueInvalid","#
        + #""message":"Invalid value: 5000: must be less","field":"value.vlan"}]},"code":422}}}"#
    ),
    (
      .denied(
        [
          Violation(rule: "R", field: "value.vlan", .typeInvalid(#""x""#), "must be a number"),
          Violation(rule: "S", field: "default", .forbidden, "is bad"),
        ], warnings: [Warning(rule: "A", message: "w")]),
      #","allowed":false,"warnings":["w"],"status":{"kind":"Status","apiVersion":"v1","metadata":{},"#
        + #""status":"Failure","message":"the storage network was not changed, for 2 reasons (there are no others):\nvalue.vlan: "#
        + #"Invalid value: \"x\": must be a number\ndefault: Forbidden: is bad","reason":"Invalid","details":{"name":"#
        + #""storage-network","group":"harvesterhci.io","kind":"Setting","causes":[{"reason":"#
        + #""FieldValueTypeInvalid","message":"Invalid value: \"x\": must be a number","field":"value.vlan"},"#
        + #"{"reason":"FieldValueForbidden","message":"Forbidden: is bad","field":"default"}]},"code":422}}}"#
    ),
    (
      .unavailable(UnavailableError(message: "not yet")),
      #","allowed":false,"status":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"#
        + #""the storage network was not changed, because not yet; try again later","reason":"ServiceUnavailable","code":503}}}"#
    ),
  ]

  @Test(arguments: table.indices) func `each outcome is encoded to exact bytes`(_ row: Int) {
    let (outcome, rest) = Self.table[row]
    let bytes = ReviewEncoder.encode(outcome, uid: Array("u".utf8))
    #expect(String(decoding: bytes, as: UTF8.self) == Self.head + rest)
  }

  @Test func `the uid is returned byte by byte`() throws {
    for uid in ["0799f127-a625-447d-ae8b-96e76f843c29", "a\"b\\c\u{1}é"] {
      let bytes = ReviewEncoder.encode(.allowed(warnings: []), uid: Array(uid.utf8))
      #expect(try JSONDecoder().decode(Answer.self, from: Data(bytes)).response.uid == uid)
    }
  }

  struct Answer: Decodable {
    struct Response: Decodable {
      let uid: String
      let patch: Data?
      let patchType: String?
    }
    let response: Response
  }

  @Test(arguments: [
    #"{"vlan":100}"#, "", "\"\\\n", "é€𝄞", String(repeating: "x", count: 1000), #"{"a":"\u0000"}"#,
  ]) func `a changed value is one patch operation`(_ value: String) throws {
    for replaces in [true, false] {
      let patch = try patch([.setValue(Array(value.utf8), replaces: replaces)])
      let operations = try JSONSerialization.jsonObject(with: patch) as? NSArray
      #expect(operations == [["op": replaces ? "replace" : "add", "path": "/value", "value": value]])
    }
  }

  func patch(_ operations: [PatchOperation]) throws -> Data {
    let review = try JSONDecoder().decode(
      Answer.self, from: Data(ReviewEncoder.encode(.patched(operations), uid: [0x75])))
    #expect(review.response.patchType == "JSONPatch")
    return try #require(review.response.patch)
  }

  /// Operations, and the bytes of the patch.
  static let patches: [(operations: [PatchOperation], bytes: String)] = [
    (
      [
        .restoreAnnotations(
          SettingAnnotations(hash: "h", definition: "n/a", previousDefinition: ""), addsToExisting: true)
      ],
      #"[{"op":"add","path":"/metadata/annotations/storage-network.settings.harvesterhci.io~1hash","value":"h"},"#
        + #"{"op":"add","path":"/metadata/annotations/storage-network.settings.harvesterhci.io~1net-attach-def","#
        + #""value":"n/a"},{"op":"add","path":"/metadata/annotations/storage-network.settings.harvesterhci.io~1"#
        + #"old-net-attach-def","value":""}]"#
    ),
    (
      [.restoreAnnotations(SettingAnnotations(hash: "\"", previousDefinition: "n/b"), addsToExisting: false)],
      #"[{"op":"add","path":"/metadata/annotations","value":{"storage-network.settings.harvesterhci.io/hash":"\"","#
        + #""storage-network.settings.harvesterhci.io/old-net-attach-def":"n/b"}}]"#
    ),
    (
      [.setValue([0x78], replaces: true), .setConditionMessage("m", condition: 2)],
      #"[{"op":"replace","path":"/value","value":"x"},"#
        + #"{"op":"replace","path":"/status/conditions/2/message","value":"m"}]"#
    ),
  ]

  @Test(arguments: patches.indices) func `each list of operations is encoded to an exact patch`(_ row: Int) throws {
    let (operations, bytes) = Self.patches[row]
    #expect(String(decoding: try patch(operations), as: UTF8.self) == bytes)
  }
}

@Suite struct `Reviewer responses` {
  let reviewer = Reviewer(ruleset: Ruleset())

  func outcome(_ object: String, old: String = "null", for webhook: Reviewer.Webhook = .mutate) throws -> Outcome {
    let review = #"""
      {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"UPDATE",
      "name":"storage-network","resource":{"group":"harvesterhci.io","resource":"settings"},
      "object":\#(object),"oldObject":\#(old)}}
      """#
    return try reviewer.respond(to: Array(review.utf8).span, for: webhook) { () throws(UnavailableError) in
      throw UnavailableError(message: "unknown")
    }.outcome
  }

  @Test func `a patch replaces an existing member and adds a missing one`() throws {
    // White space alone is the empty text, as of a setting without a value.
    let blank = try outcome(#"{"value":" "}"#)
    #expect(blank == .patched([.setValue([], replaces: true)]))
    let gone = try outcome("{}", old: #"{"value":" "}"#)
    #expect(gone == .patched([.setValue([0x20], replaces: false)]))
  }

  @Test func `missing facts make a review unavailable only if a rule needs them`() throws {
    let value = #"{"value":"{\"vlan\":1}"}"#
    let spaced = #"{"value":"{ \"vlan\": 1 }"}"#
    for webhook in [Reviewer.Webhook.validate, .mutate] {
      #expect(try outcome(value, for: webhook) == .unavailable(UnavailableError(message: "unknown")))
      #expect(try outcome(value, old: value, for: webhook) == .allowed(warnings: []))
      #expect(try outcome(#"{"value":""}"#, for: webhook) == .allowed(warnings: []))
    }
    // As stored, this is no change.
    #expect(try outcome(spaced, old: value) == .patched([.setValue(Array(#"{"vlan":1}"#.utf8), replaces: true)]))
  }
}
