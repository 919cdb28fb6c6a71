import Foundation
import Rules
import TestSupport
import Testing

@testable import Admission

@Suite struct `AdmissionReview decoder` {
  static let setting = #"{"group":"harvesterhci.io","version":"v1beta1","resource":"settings"}"#

  /// The members that make a request one about the setting.
  static let ours = #""uid":"u","name":"storage-network","resource":\#(setting)"#

  /// A review whose request has these members.
  static func review(_ members: String) -> String {
    #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{\#(members)}}"#
  }

  func decode(_ text: String) throws(ReviewError) -> AdmissionRequest {
    try ReviewDecoder.decode(Array(text.utf8).span)
  }

  /// Invalid reviews, and words of the reason.
  static let refused: [(text: String, words: String)] = [
    ("", "not JSON"), ("x", "not JSON"), ("{", "line 1, column 2"), ("{\n\"a\" 1}", "line 2, column 5"),
    ("{} {}", "not JSON"), ("[]", "not a JSON object"), ("null", "not a JSON object"),
    ("\"AdmissionReview\"", "not a JSON object"),
    ("{}", "kind"), (#"{"kind":"Review","apiVersion":"admission.k8s.io/v1","request":{}}"#, "kind"),
    (#"{"kind":1,"apiVersion":"admission.k8s.io/v1","request":{}}"#, "kind"),
    (#"{"kind":"AdmissionReview","request":{}}"#, "apiVersion"),
    (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1","request":{}}"#, "apiVersion"),
    (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}"#, "no request"),
    (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":null}"#, "no request"),
    (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":[]}"#, "no request"),
    (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":  null }"#, "no request"),
    // a response instead of a request
    (#"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","response":{"uid":"u"}}"#, "no request"),
    (review(#""operation":"UPDATE""#), "uid"), (review(#""uid":"","operation":"UPDATE""#), "uid"),
    (review(#""uid":1,"operation":"UPDATE""#), "uid"), (review(#""uid":"u""#), "operation"),
    (review(#""uid":"u","operation":"update""#), "operation"), (review(#""uid":"u","operation":null"#), "operation"),
    (review(#""uid":"u","operation":"UPDATE","name":"storage-network""#), "no resource"),
    (review(#""uid":"u","operation":"UPDATE","name":"storage-network","resource":"settings""#), "no resource"),
    (review(#"\#(ours),"operation":"UPDATE""#), "no object"), (review(#"\#(ours),"operation":"CREATE""#), "no object"),
    (review(#"\#(ours),"operation":"UPDATE","object": null, "oldObject":{}"#), "no object"),
    (review(#"\#(ours),"operation":"UPDATE","object":{},"object":null"#), "no object"),
    // invalid JSON after all required members
    (review(#""uid":"u","operation":"UPDATE""#) + "x", "not JSON"),
    (review(#""uid":"u","operation":"UPDATE","object":{"metadata":{"managedFields":[tru]}}"#), "not JSON"),
  ]

  @Test(arguments: refused) func `an invalid review is rejected with the reason`(_ row: (text: String, words: String)) {
    let error = #expect(throws: ReviewError.self) { try decode(row.text) }
    #expect(error?.explanation.contains(row.words) == true, "\(error?.explanation ?? "")")
  }

  @Test func `the fields for the rules are decoded and all others skipped`() throws {
    let request = try decode(
      Self.review(
        #"""
        "uid":"u-1","name":"storage-network","operation":"UPDATE","resource":\#(Self.setting),"dryRun":true,
        "userInfo":{"username":"jane","groups":["a"]},"options":{"uid":"other"},"extra":[{"name":"other"}],
        "object":{"value":"new","default":"d","metadata":{"value":"no","managedFields":[{"f:value":{}}]}},
        "oldObject":{"value":"old","status":{"conditions":[{"type":"configured","status":"False","reason":"In Progress",
        "message":"create NAD"}]}}
        """#))
    #expect(request.uid == Array("u-1".utf8))
    #expect(request.operation == .update)
    #expect(request.userName == "jane")
    #expect(request.isDryRun)
    let change = try #require(request.change)
    #expect(change.new.value == .text(Array("new".utf8)))
    #expect(change.new.default == .text(Array("d".utf8)))
    #expect(change.old.value == .text(Array("old".utf8)))
    #expect(change.old.configured?.isInProgress == true)
  }

  @Test func `the order of keys has no effect at any level`() throws {
    let members = [
      #""uid":"u""#, #""name":"storage-network""#, #""operation":"CREATE""#, #""resource":\#(Self.setting)"#,
      #""object":{"default":"","value":"x"}"#,
    ]
    var random = SeededNumbers()
    for _ in 0..<50 {
      let request = #""request":{\#(members.shuffled(using: &random).joined(separator: ","))}"#
      let review = [request, #""kind":"AdmissionReview""#, #""apiVersion":"admission.k8s.io/v1""#]
      let decoded = try decode("{\(review.shuffled(using: &random).joined(separator: ","))}")
      #expect(decoded.change?.new.value == .text(Array("x".utf8)))
    }
  }

  @Test func `the last of repeated keys is used, as in Go`() throws {
    let request = try decode(
      Self.review(#""uid":"a","uid":"b","operation":"CREATE","operation":"DELETE","resource":1,"resource":{}"#))
    #expect(request.uid == Array("b".utf8))
    #expect(request.operation == .delete)
  }

  /// Members of an object, the decoded value, and whether the member exists.
  static let values: [(object: String, value: SettingText, hasValue: Bool)] = [
    (#"{"value":"x"}"#, .text(Array("x".utf8)), true), (#"{"value":""}"#, .text([]), true),
    (#"{"value":null}"#, .text([]), true), ("{}", .text([]), false), (#"{"value":1}"#, .notString, true),
    (#"{"value":{"vlan":1}}"#, .notString, true), (#"{"value":"\u00e9\n"}"#, .text(Array("é\n".utf8)), true),
  ]

  @Test(arguments: values.indices) func `a missing, an empty and a non-string value are distinguished`(
    _ row: Int
  ) throws {
    let (object, value, hasValue) = Self.values[row]
    let change = try decode(Self.review(#"\#(Self.ours),"operation":"CREATE","object":\#(object)"#)).change
    #expect(change?.new.value == value)
    #expect(change?.new.hasValue == hasValue)
  }

  static let prefix = "storage-network.settings.harvesterhci.io/"

  /// Metadata of an object, the decoded annotations of Harvester, and whether there are annotations.
  static let annotations: [(metadata: String, annotations: SettingAnnotations?, hasAnnotations: Bool)] = [
    ("null", nil, false), ("{}", nil, false), (#"{"annotations":null}"#, nil, false),
    (#"{"annotations":[]}"#, nil, false),
    (#"{"annotations": {}}"#, nil, true), (#"{"annotations":{"a":"b"}}"#, nil, true),
    (#"{"annotations":{"\#(prefix)replica":"1"}}"#, nil, true),
    (#"{"annotations":{"a":"b","\#(prefix)hash":"h","name":"x"}}"#, SettingAnnotations(hash: "h"), true),
    (
      #"{"annotations":{"\#(prefix)old-net-attach-def":"n/b","\#(prefix)net-attach-def":"","\#(prefix)hash":"\u0068"}}"#,
      SettingAnnotations(hash: "h", definition: "", previousDefinition: "n/b"), true
    ),
    (#"{"annotations":{"\#(prefix)hash":1}}"#, nil, true),
  ]

  @Test(arguments: annotations.indices)
  func `Harvester's annotations are decoded, missing and empty ones distinguished`(
    _ row: Int
  ) throws {
    let (metadata, notes, hasAnnotations) = Self.annotations[row]
    let object = #"{"metadata":\#(metadata),"value":"x"}"#
    let change = try #require(
      try decode(Self.review(#"\#(Self.ours),"operation":"UPDATE","object":\#(object),"oldObject":\#(object)"#)).change)
    for setting in [change.old, change.new] {
      #expect(setting.annotations == notes)
      #expect(setting.hasAnnotations == hasAnnotations)
      #expect(setting.value == .text([0x78]))
    }
  }

  @Test func `the condition is found after others, with its index`() throws {
    let ours = #"{"type":"configured","status":"False","lastUpdateTime":"2026-11-29T03:00:00Z"}"#
    let conditions = #"[{"type":"a","message":"no","lastUpdateTime":"x"},{},\#(ours),{"type":"configured"}]"#
    let object = #"{"status":{"conditions":\#(conditions)}}"#
    let change = try decode(Self.review(#"\#(Self.ours),"operation":"CREATE","object":\#(object)"#)).change
    let condition = ConfiguredCondition(
      status: "False", reason: "", message: "", lastUpdateTime: "2026-11-29T03:00:00Z", index: 2)
    #expect(change?.new.configured == condition)
  }

  @Test(arguments: ["null", "1", "[]", "\"x\""]) func `an object of another JSON type counts as missing`(
    _ object: String
  ) throws {
    let deletion = #"\#(Self.ours),"operation":"DELETE","object":\#(object),"oldObject":\#(object)"#
    let change = try #require(try decode(Self.review(deletion)).change)
    #expect(change.new == SettingObject())
    #expect(change.old == SettingObject())
  }

  /// Requests about other objects.
  static let unknownFields: [String] = [
    #""name":"storage-network-2""#, #""name":"Storage-Network""#, #""name":null"#,
    #""name":"storage-network","resource":{"group":"longhorn.io","resource":"settings"}"#,
    #""name":"storage-network","resource":{"group":"harvesterhci.io","resource":"addons"}"#,
  ]

  @Test(arguments: unknownFields) func `a request about another object has no change`(_ members: String) throws {
    let ours = #"\#(Self.ours),"operation":"DELETE""#
    #expect(try decode(Self.review(ours)).change != nil)
    #expect(try decode(Self.review("\(ours),\(members)")).change == nil)
  }

  @Test func `a CONNECT request has no change`() throws {
    let request = try decode(
      Self.review(#"\#(Self.ours),"operation":"CONNECT""#))
    #expect(request.change == nil)
  }

  @Test func `recorded reviews of an API server are decoded as Foundation decodes them`() throws {
    let folder = Repository.path("manifests/example/reviews")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names.count >= 6)
    for name in names {
      let bytes = try Array(Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
      let ours = try ReviewDecoder.decode(bytes.span)
      let theirs = try JSONDecoder().decode(FoundationReview.self, from: Data(bytes)).request
      let change = try #require(ours.change)
      #expect(String(decoding: ours.uid, as: UTF8.self) == theirs.uid)
      #expect(ours.operation.rawValue == theirs.operation)
      #expect(ours.isDryRun == theirs.dryRun)
      #expect(ours.userName == theirs.userInfo.username)
      #expect(change.new.value == .text(Array((theirs.object?.value ?? "").utf8)))
      #expect(change.old.value == .text(Array((theirs.oldObject?.value ?? "").utf8)))
    }
  }
}

private struct FoundationReview: Decodable {
  struct Setting: Decodable {
    let value: String?
  }
  struct User: Decodable {
    let username: String
  }
  struct Request: Decodable {
    let uid: String
    let operation: String
    let dryRun: Bool
    let userInfo: User
    let object: Setting?
    let oldObject: Setting?
  }
  let request: Request
}
