import Foundation
import HTTPWire
import Rules
import Testing

@testable import Admission

/// `docs/messages.md`: every message of the webhook, generated from the golden cases.
@Suite struct `docs/messages.md` {
  static let page = GoldenCase.tests.deletingLastPathComponent().appending(path: "docs/messages.md")

  @Test func `docs/messages.md matches the golden cases`() throws {
    let text = try MessagesPage().text
    if `Golden cases`.updates { try text.write(to: Self.page, atomically: true, encoding: .utf8) }
    let written = try String(contentsOf: Self.page, encoding: .utf8)
    #expect(written == text, "UPDATE_GOLDEN=1 swift test --filter AdmissionTests rewrites it")
  }

  @Test func `every rule has a golden case`() throws {
    let coveredRules = Set(try MessagesPage().messages.map(\.rule))
    #expect(RuleCatalog.rules.map(\.name).filter { !coveredRules.contains($0) } == [])
  }

  @Test(arguments: GoldenCase.all) func `a single reason is one line, several have a headline and one line each`(
    _ golden: GoldenCase
  ) throws {
    let result = try golden.responses().validation
    guard case .denied(let violations, _) = result.outcome else { return }
    let status = try Response(result.body).response["status"] as? [String: Any]
    var lines = (status?["message"] as? String ?? "").split(separator: "\n").map(String.init)
    if violations.count > 1 {
      #expect(lines.removeFirst().hasPrefix("the storage network was not changed, for \(violations.count) reasons ("))
    }
    #expect(lines == violations.map { "\($0.field): \($0.message)" })
    let causes = (status?["details"] as? [String: Any])?["causes"] as? [[String: String]]
    #expect(causes?.map { $0["reason"] } == violations.map { "\($0.kind.reason)" })
  }

  @Test func `every message is one line, and every warning fits the API server's limit`() throws {
    for message in try MessagesPage().messages {
      #expect(!message.text.contains("\n"), "\(message)")
      guard message.isWarning else { continue }
      #expect(message.text.utf8.count < 256, "\(message)")
      #expect(message.text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }, "\(message)")
      // A warning that was cut has lost its advice.
      #expect(!message.text.hasSuffix("..."), "\(message)")
    }
  }
}

/// The content of the page.
struct MessagesPage {
  struct Message {
    let rule: String
    let isWarning: Bool
    let text: String
    let golden: String
  }

  let messages: [Message]
  /// The cases with messages, as kubectl and the Web UI show them.
  let shown: [(name: String, text: String)]

  init() throws {
    shown = try GoldenCase.all.compactMap { golden in
      let response = try Response(golden.responses().validation.body)
      return response.isAllowed && response.warnings.isEmpty ? nil : (golden.name, response.shown)
    }
    messages = try GoldenCase.all.flatMap { golden in
      let (violations, warnings) = try golden.responses().validation.outcome.findings
      return violations.map { violation in
        Message(
          rule: violation.rule, isWarning: false, text: "\(violation.field): \(violation.message)", golden: golden.name)
      }
        + warnings.map { Message(rule: $0.rule, isWarning: true, text: $0.message, golden: golden.name) }
    }
  }

  var text: String {
    var lines = [
      "# Messages", "",
      "Every message of the webhook by rule, in the order in which the rules are evaluated; below, each",
      "case as kubectl prints it and as the banner of Harvester's Web UI shows it. A test generates this page from the cases",
      "in `Tests/Cases` and fails when it is stale.", "",
      "A denial begins as the Kubernetes API's field errors do: `Required value`, `Invalid value`, `Unsupported value`,",
      "`Not found` and `Duplicate value` are about the value. `Forbidden` is about the change: mostly the cluster does not",
      "allow it yet, and some changes, such as a deletion, are never allowed. A warning denies nothing. All reasons are",
      "told at once; a value that cannot be read may have more once it can be.", "",
    ]
    for rule in RuleCatalog.rules {
      lines += ["## \(rule.name)", "", rule.requirement, ""]
      for message in messages where message.rule == rule.name {
        lines.append("- \(message.isWarning ? "warns" : "denies"): `\(message.text.replacing("`", with: "'"))`")
        lines.append("  ([\(message.golden)](#\(message.golden.anchor)))")
      }
      lines.append("")
    }
    lines += [
      "## When the request itself cannot be read", "",
      "Such a response is not a verdict: kubectl then reports that the webhook failed.", "", "| status | explanation |",
      "| --- | --- |",
    ]
    lines += HTTPRejection.allCases.map { "| \($0.status.rawValue) | \($0.explanation) |" }
    lines += ReviewError.examples.map { "| 400 | \($0.explanation) |" }
    lines += [
      "", "## As they are shown", "",
      "kubectl prints warnings and causes; the banner shows the message, which the API server introduces with the webhook's",
      "name. Warnings appear in the Web UI as notifications. The key `Causes` lists the machine-readable reasons.",
    ]
    for (name, shown) in shown {
      lines += ["", "### \(name)", "", "[case.yaml](../Tests/Cases/\(name)/case.yaml)", "", "```", shown, "```"]
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension String {
  /// The fragment that GitHub derives from a heading.
  fileprivate var anchor: String { filter { $0 != "." } }
}

extension Outcome {
  fileprivate var findings: ([Violation], [Warning]) {
    switch self {
    case .allowed(let warnings): ([], warnings)
    case .denied(let violations, let warnings): (violations, warnings)
    case .patched, .unavailable: ([], [])
    }
  }
}

extension ReviewError {
  /// One invalid body for each error.
  fileprivate static var examples: [ReviewError] {
    [
      "{", "[]", "{}", #"{"kind":"AdmissionReview"}"#,
      #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}"#,
      #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{}}"#,
      #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"1"}}"#,
    ].compactMap { text in
      let body = Array(text.utf8)
      do throws(ReviewError) {
        _ = try ReviewDecoder.decode(body.span)
        return nil
      } catch {
        return error
      }
    }
  }
}
