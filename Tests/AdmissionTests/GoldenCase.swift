import Addressing
import ClusterState
import Foundation
import JSON
import Rules
import Snapshot
import Testing

@testable import Admission

/// A folder of Tests/Cases: `case.yaml` has a change and a cluster, `verdict.txt` the expected response.
struct GoldenCase: CustomTestStringConvertible {
  let name: String
  let folder: URL

  var testDescription: String { name }

  static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

  static let all: [GoldenCase] = {
    let cases = tests.appending(path: "Cases")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: cases.path)) ?? []
    return names.sorted().map { GoldenCase(name: $0, folder: cases.appending(path: $0)) }
  }()

  func expectedVerdict() throws -> String {
    try String(contentsOf: folder.appending(path: "verdict.txt"), encoding: .utf8)
  }

  func write(verdict: String) throws {
    try verdict.write(to: folder.appending(path: "verdict.txt"), atomically: true, encoding: .utf8)
  }

  /// The steps of the case, and its cluster.
  private func parse() throws -> (steps: JSONValue, snapshot: Snapshot) {
    let text = try Array(Data(contentsOf: folder.appending(path: "case.yaml")))
    var documents = YAMLDocuments(text)
    guard let json = try documents.next() else { throw CaseError(description: "case.yaml is empty") }
    let steps = try JSONValue(parsing: json)
    var snapshot = Snapshot()
    let cluster = Self.tests.appending(path: "Clusters/\(steps["cluster"]?.text ?? "three-idle-nodes").yaml")
    try snapshot.add(Array(Data(contentsOf: cluster)), named: "cluster.yaml")
    while let object = try documents.next() { try snapshot.add(object, named: "added.json") }
    for (kind, name) in try steps.absent() { snapshot.objects.remove(kind, at: name) }
    return (steps, snapshot)
  }

  /// The change to evaluate; nil for another object.
  func evaluationInput() throws -> (change: Change, facts: ClusterFacts, ruleset: Ruleset)? {
    var (steps, snapshot) = try parse()
    guard let change = try ReviewDecoder.decode(steps.review().encoded.span).change else { return nil }
    return (change.normalized, snapshot.objects.facts, Ruleset(options: try steps.options()))
  }

  /// Performs the change as the API server does: calls /mutate, applies its patch, then calls /validate.
  ///
  /// The patch is computed without the verdict of /mutate, so that /validate of the patched object is known as well.
  func responses() throws -> (patch: JSONPatch?, mutation: Reviewer.Response, validation: Reviewer.Response) {
    var (steps, snapshot) = try parse()
    let cluster = SharedFacts(snapshot.objects.facts)
    let reviewer = Reviewer(ruleset: Ruleset(options: try steps.options()))
    var review = steps.review()
    let mutation = try reviewer.respond(to: review.encoded.span, for: .mutate) { cluster }
    let operations = mutation.request.change?.patch ?? []
    let patch =
      operations.isEmpty
      ? nil : try Response(ReviewEncoder.encode(.patched(operations), uid: mutation.request.uid)).patch
    if let patch { try review.apply(patch) }
    return (patch, mutation, try reviewer.respond(to: review.encoded.span, for: .validate) { cluster })
  }

  func verdict() throws -> String {
    let (patch, _, validation) = try responses()
    let lines = (patch?.lines ?? []) + (try Response(validation.body).lines)
    return lines.joined(separator: "\n") + "\n"
  }
}

struct CaseError: Error, CustomStringConvertible {
  let description: String
}

extension JSONValue {
  var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The options of the command line that influence the evaluation.
  func options() throws -> RulesetOptions {
    let reserved = try self["reserved-range"]?.text.map { [try ReservedRange(byOption: CIDR($0).network)] } ?? []
    let sizing: SizingChoice =
      switch self["sizing"]?.text {
      case "v1.2": .always(.v1_2)
      case "v1.3": .always(.v1_3)
      default: .automatic
      }
    return RulesetOptions(reservedRanges: reserved, sizing: sizing)
  }

  /// Objects to remove from the cluster, with kubectl's names: `vlanconfigs.network.harvesterhci.io/a`.
  func absent() throws -> [(WatchedKind, NamespacedName)] {
    guard case .array(let elements)? = self["without"] else { return [] }
    return try elements.map { element in
      let parts = (element.text ?? "").split(separator: "/").map(String.init)
      let kind = WatchedKind.allCases.first { "\($0.resource.plural).\($0.resource.group)" == parts.first }
      guard let kind, let name = parts.last, parts.count > 1 else {
        throw CaseError(description: "without: \(element.text ?? "?") is no kind and name")
      }
      return (kind, NamespacedName(namespace: parts.count == 3 ? parts[1] : "", name: name))
    }
  }

  func review() -> Review {
    Review(
      operation: self["operation"]?.text ?? "UPDATE", old: self["old"].map(Review.setting),
      new: self["new"].map(Review.setting))
  }
}

/// A review in the API server's format, written by Foundation so that the project's own writer cannot hide an error.
struct Review {
  private var request: [String: Any]

  init(operation: String, old: [String: Any]?, new: [String: Any]?) {
    request = [
      "uid": "0799f127-a625-447d-ae8b-96e76f843c29", "operation": operation, "name": "storage-network",
      "resource": ["group": "harvesterhci.io", "version": "v1beta1", "resource": "settings"],
      "userInfo": ["username": "admin"], "dryRun": false,
      "object": new ?? NSNull(), "oldObject": old ?? NSNull(),
    ]
  }

  /// A plain text is a setting with that value; a mapping has `value`, `default`, `inProgress`, the condition's
  /// message, and `annotations`, by the last part of their names.
  static func setting(_ written: JSONValue) -> [String: Any] {
    var metadata: [String: Any] = ["name": "storage-network"]
    if case .object(let members)? = written["annotations"] {
      metadata["annotations"] = Dictionary(
        uniqueKeysWithValues: members.map { member in
          let isWhole = member.key.contains("/")
          return (
            isWhole ? member.key : "storage-network.settings.harvesterhci.io/\(member.key)", member.value.text ?? ""
          )
        })
    }
    var setting: [String: Any] = [
      "apiVersion": "harvesterhci.io/v1beta1", "kind": "Setting", "metadata": metadata,
      "default": written["default"]?.text ?? "", "value": written.text ?? written["value"]?.text ?? "",
    ]
    if let message = written["inProgress"]?.text {
      setting["status"] = [
        "conditions": [["type": "configured", "status": "False", "reason": "In Progress", "message": message]]
      ]
    }
    return setting
  }

  mutating func apply(_ patch: JSONPatch) throws {
    request["object"] = try patch.applied(to: request["object"] ?? NSNull())
  }

  var encoded: [UInt8] {
    let review: [String: Any] = [
      "kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request,
    ]
    return (try? Array(JSONSerialization.data(withJSONObject: review))) ?? []
  }
}

/// A response as the API server and kubectl read it, decoded by Foundation.
struct Response {
  let response: [String: Any]

  init(_ body: [UInt8]) throws {
    let review = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
    guard review?["kind"] as? String == "AdmissionReview",
      review?["apiVersion"] as? String == "admission.k8s.io/v1",
      let response = review?["response"] as? [String: Any],
      response["uid"] as? String == "0799f127-a625-447d-ae8b-96e76f843c29"
    else { throw CaseError(description: "no response to this review: \(String(decoding: body, as: UTF8.self))") }
    self.response = response
  }

  var isAllowed: Bool { response["allowed"] as? Bool ?? false }
  var warnings: [String] { response["warnings"] as? [String] ?? [] }

  /// Nil without a patch.
  var patch: JSONPatch? {
    guard response["patchType"] as? String == "JSONPatch", let patch = response["patch"] as? String,
      let bytes = Data(base64Encoded: patch),
      let operations = try? JSONSerialization.jsonObject(with: bytes) as? [[String: Any]]
    else { return nil }
    return JSONPatch(operations: operations)
  }

  /// The banner of the Web UI, with the prefix that the API server adds to the message
  /// (apiserver, pkg/admission/plugin/webhook/errors).
  private var banner: String {
    let message = (response["status"] as? [String: Any])?["message"] as? String ?? "?"
    return "admission webhook \"storage-network.harvesterhci.io\" denied the request: \(message)"
  }

  /// The output of kubectl and of the Web UI.
  var shown: String {
    if isAllowed { return warnings.map { "Warning: \($0)" }.joined(separator: "\n") }
    let printed = lines.dropFirst().prefix { !$0.hasPrefix("Causes: ") }
    return (printed + ["", banner]).joined(separator: "\n")
  }

  /// The output of kubectl, the reasons of the causes, and the output of the Web UI.
  var lines: [String] {
    let warnings = warnings.map { "Warning: \($0)" }
    if isAllowed { return ["allowed"] + warnings }
    let status = response["status"] as? [String: Any] ?? [:]
    let details = status["details"] as? [String: Any] ?? [:]
    let causes = (details["causes"] as? [[String: String]] ?? []).map {
      "\($0["field"] ?? "?"): \($0["message"] ?? "?")"
    }
    let head = "The \(details["kind"] ?? "?") \"\(details["name"] ?? "?")\" is invalid:"
    let reasons = (details["causes"] as? [[String: String]] ?? []).map { $0["reason"] ?? "?" }
    return ["denied \(status["code"] ?? 0) \(status["reason"] ?? "")"] + warnings
      + (causes.count == 1 ? ["\(head) \(causes[0])"] : [head] + causes.map { "* \($0)" })
      + ["Causes: \(reasons.joined(separator: ", "))", "Web UI: \(status["message"] ?? "?")"]
  }
}
