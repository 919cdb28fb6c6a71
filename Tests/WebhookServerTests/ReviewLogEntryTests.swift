@testable import Admission
import Foundation
import Logging
import Rules
import TestSupport
import Testing

@testable import WebhookServer

/// The log line of a review.
struct ReviewLineTests {
  @Test
  func `a denied review is one line of JSON with stable keys and without the value`() throws {
    let server = try RunningServer()
    _ = try server.validate(ExampleReview.text("update-dry-run-reserved-range"))
    let line = try server.log.waitForLine(with: #""message":"review""#)
    let fields = try LogLine(line).fields
    #expect(
      Set(fields.keys) == [
        "time", "level", "message", "webhook", "uid", "user", "operation", "verdict", "rules", "duration", "dryRun",
      ])
    #expect(fields["verdict"] == "denied")
    #expect(fields["operation"] == "UPDATE")
    #expect(fields["rules"]?.contains("RangeIsNotReserved") == true)
    #expect(try Double(#require(fields["duration"])).map { (0..<5).contains($0) } == true)
    #expect(!line.contains("clusterNetwork"))
    #expect(server.log.lines.filter { $0.contains(#""message":"review""#) }.count == 1)
  }

  @Test
  func `an allowed review is logged at level debug only`() throws {
    let quiet = try RunningServer()
    let verbose = try RunningServer("--log-level", "debug")
    for server in [quiet, verbose] {
      #expect(try server.validate(ExampleReview.text("update-set-value")).isAllowed)
      // Later than the previous line.
      _ = try server.validate(ExampleReview.text("update-dry-run-reserved-range"))
      try server.log.waitForLine(with: #""verdict":"denied""#)
    }
    #expect(!quiet.log.text.contains(#""verdict":"allowed""#))
    #expect(verbose.log.text.contains(#""verdict":"allowed""#))
  }

  struct Row: CustomTestStringConvertible {
    let user: String
    let shown: String
    var testDescription: String { String(user.prefix(20)) }
  }

  @Test(arguments: [
    Row(user: "admin", shown: "admin"),
    Row(user: String(repeating: "a", count: 256), shown: String(repeating: "a", count: 256)),
    Row(user: String(repeating: "a", count: 257), shown: String(repeating: "a", count: 256) + "…"),
  ])
  func `long names are truncated`(row: Row) {
    let review = AdmissionRequest(uid: Array(row.user.utf8), operation: .update, userName: row.user)
    let line = ReviewLogEntry(
      webhook: .validate, client: row.user, review: review, outcome: .allowed(warnings: []), duration: .zero)
    for key in ["uid", "user", "client"] { #expect(line.metadata[key] == .string(row.shown)) }
  }

  private static let review = AdmissionRequest(uid: [], operation: .update)

  @Test(arguments: [
    (Duration.microseconds(12), "0.000012"), (.milliseconds(1_500), "1.500000"), (.zero, "0.000000"),
    (.nanoseconds(999), "0.000000"),
  ])
  func `durations are in seconds`(duration: Duration, shown: String) {
    let line = ReviewLogEntry(
      webhook: .validate, client: nil, review: Self.review, outcome: .allowed(warnings: []), duration: duration)
    #expect(line.metadata["duration"] == .string(shown))
  }

  @Test
  func `a rule with two violations is named once`() {
    let violations = ["B", "A", "B"].map { Violation(rule: $0, field: "value", .forbidden, "") }
    let line = ReviewLogEntry(
      webhook: .validate, client: nil, review: Self.review, outcome: .denied(violations, warnings: []),
      duration: .zero)
    #expect(line.metadata["rules"] == .string("B,A"))
  }

  @Test
  func `a blocked log delays neither reviews nor the end`() throws {
    let server = try RunningServer("--drain-delay", "0")
    server.log.pauses = true
    let connection = try HTTPSConnection(port: server.port, ClientContext(authority: server.certificates.authority))
    let review = try ExampleReview.text("update-dry-run-reserved-range")
    // Far more lines than a pipe holds, and fewer than the log's queue.
    let count = 1_000
    for _ in 0..<count { try #require(try connection.fetch("/validate", post: review).status == 200) }
    #expect(try connection.fetch("/metrics").body.contains("\nstorage_network_webhook_log_lines_dropped_total 0\n"))

    server.log.pauses = false
    server.program.signal(SIGTERM)
    #expect(try server.program.exitCode() == 0)
    let lines = server.log.lines
    #expect(lines.count { $0.contains(#""message":"review""#) } == count)
    #expect(lines.last?.contains(#""message":"stopping""#) == true)
  }

  @Test
  func `a log without a reader does not keep the process running`() throws {
    let server = try RunningServer("--drain-delay", "0")
    server.log.pauses = true
    let connection = try HTTPSConnection(port: server.port, ClientContext(authority: server.certificates.authority))
    let review = try ExampleReview.text("update-dry-run-reserved-range")
    for _ in 0..<1_000 { try #require(try connection.fetch("/validate", post: review).status == 200) }
    server.program.signal(SIGTERM)
    #expect(eventually { server.program.hasEnded })
    server.log.pauses = false
  }
}
