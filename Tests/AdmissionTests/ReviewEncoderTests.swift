import Foundation
import Rules
import Testing

@testable import Admission

@Suite struct `Encoding an answer` {
  static let head = #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"u""#

  /// An outcome, and the bytes that stand for it behind the uid.
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

  @Test(arguments: table.indices) func `writes exactly these bytes`(_ row: Int) {
    let (outcome, rest) = Self.table[row]
    let bytes = ReviewEncoder.encode(outcome, uid: Array("u".utf8))
    #expect(String(decoding: bytes, as: UTF8.self) == Self.head + rest)
  }

  @Test func `gives the uid back as it came, whatever is in it`() throws {
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
  ]) func `patches the value with one operation`(_ value: String) throws {
    for replaces in [true, false] {
      let patch = try patch([.setValue(Array(value.utf8), replaces: replaces)])
      let operations = try JSONSerialization.jsonObject(with: patch) as? NSArray
      #expect(operations == [["op": replaces ? "replace" : "add", "path": "/value", "value": value]])
    }
  }

  func patch(_ operations: [PatchOperation]) throws -> Data {
    let answer = try JSONDecoder().decode(
      Answer.self, from: Data(ReviewEncoder.encode(.patched(operations), uid: [0x75])))
    #expect(answer.response.patchType == "JSONPatch")
    return try #require(answer.response.patch)
  }

  /// Operations, and the patch's bytes.
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

  @Test(arguments: patches.indices) func `writes exactly these patches`(_ row: Int) throws {
    let (operations, bytes) = Self.patches[row]
    #expect(String(decoding: try patch(operations), as: UTF8.self) == bytes)
  }
}

@Suite struct `Answering a review` {
  let reviewer = Reviewer(ruleset: Ruleset())

  func answer(_ object: String, old: String = "null", for webhook: Reviewer.Webhook = .mutate) throws -> Outcome {
    let review = #"""
      {"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"UPDATE",
      "name":"storage-network","resource":{"group":"harvesterhci.io","resource":"settings"},
      "object":\#(object),"oldObject":\#(old)}}
      """#
    return try reviewer.respond(to: Array(review.utf8).span, for: webhook) { () throws(UnavailableError) in
      throw UnavailableError(message: "nobody knows")
    }.outcome
  }

  @Test func `a patch replaces a member that is there and adds one that is missing`() throws {
    // White space alone is the empty text; a setting without a value has the empty text already.
    let blank = try answer(#"{"value":" "}"#)
    #expect(blank == .patched([.setValue([], replaces: true)]))
    let gone = try answer("{}", old: #"{"value":" "}"#)
    #expect(gone == .patched([.setValue([0x20], replaces: false)]))
  }

  @Test func `what was not read from the cluster is a fault only where it is needed`() throws {
    let value = #"{"value":"{\"vlan\":1}"}"#
    let spaced = #"{"value":"{ \"vlan\": 1 }"}"#
    for webhook in [Reviewer.Webhook.validate, .mutate] {
      #expect(try answer(value, for: webhook) == .unavailable(UnavailableError(message: "nobody knows")))
      #expect(try answer(value, old: value, for: webhook) == .allowed(warnings: []))
      #expect(try answer(#"{"value":""}"#, for: webhook) == .allowed(warnings: []))
    }
    // Judged as it is stored, this is no change.
    #expect(try answer(spaced, old: value) == .patched([.setValue(Array(#"{"vlan":1}"#.utf8), replaces: true)]))
  }
}
