import Foundation
import HTTPWire
import Rules
import Testing

@testable import Admission

/// `docs/messages.md`: everything that the webhook says, as the golden cases make it say it.
@Suite struct `The page of messages` {
  static let page = GoldenCase.tests.deletingLastPathComponent().appending(path: "docs/messages.md")

  @Test func `it is what the golden cases say`() throws {
    let text = try MessagesPage().text
    if `Golden cases`.updates { try text.write(to: Self.page, atomically: true, encoding: .utf8) }
    let written = try String(contentsOf: Self.page, encoding: .utf8)
    #expect(written == text, "UPDATE_GOLDEN=1 swift test --filter AdmissionTests writes it anew")
  }

  @Test func `every article of the law has a case`() throws {
    let spoken = Set(try MessagesPage().messages.map(\.rule))
    #expect(RuleCatalog.rules.map(\.name).filter { !spoken.contains($0) } == [])
  }

  @Test func `every message is one line, and every warning fits what the API server passes on`() throws {
    for message in try MessagesPage().messages {
      #expect(!message.text.contains("\n"), "\(message)")
      guard message.isWarning else { continue }
      #expect(message.text.utf8.count < 256, "\(message)")
      #expect(message.text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }, "\(message)")
    }
  }
}

/// The page's content.
struct MessagesPage {
  struct Message {
    let rule: String
    let isWarning: Bool
    let text: String
    let golden: String
  }

  let messages: [Message]

  init() throws {
    messages = try GoldenCase.all.flatMap { golden in
      let (violations, warnings) = try golden.answered().validation.outcome.findings
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
      "Every sentence that the webhook answers with, by the rule that says it, in the order in which the rules are asked.",
      "A test makes this page from the cases in `Tests/Cases` and fails when it is stale.", "",
    ]
    for rule in RuleCatalog.rules {
      lines += ["## \(rule.name)", "", rule.requirement, ""]
      for message in messages where message.rule == rule.name {
        lines.append("- \(message.isWarning ? "warns" : "refuses"): `\(message.text.replacing("`", with: "'"))`")
        lines.append("  ([\(message.golden)](../Tests/Cases/\(message.golden)/case.yaml))")
      }
      lines.append("")
    }
    lines += [
      "## When the request itself cannot be read", "",
      "Such an answer is no verdict: kubectl then reports that the webhook failed.", "", "| status | explanation |",
      "| --- | --- |",
    ]
    lines += HTTPRejection.allCases.map { "| \($0.status.rawValue) | \($0.explanation) |" }
    lines += ReviewError.examples.map { "| 400 | \($0.explanation) |" }
    return lines.joined(separator: "\n") + "\n"
  }
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
  /// One body for each thing that can be wrong with it.
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
