import Foundation
import Platform
import TestSupport
import Testing

@testable import WebhookCore
@testable import WebhookServer

/// `/metrics` as seen by Prometheus.
struct MetricsTests {
  @Test
  func `events of a server appear in its metrics`() throws {
    let server = try RunningServer()
    _ = try server.validate(ExampleReview.text("update-set-value"))
    _ = try server.validate(ExampleReview.text("update-set-value"), "--http1.1", "--tls-max", "1.2")
    let refused = try server.validate(ExampleReview.text("update-dry-run-reserved-range"))
    #expect(!refused.isAllowed)
    _ = try server.fetch("/mutate", post: ExampleReview.text("update-dry-run-reserved-range"))
    _ = try server.fetch("/mutate", post: ExampleReview.text("update-pretty-printed-same-value"))
    _ = try server.fetch("/validate", post: "{}")
    _ = try server.fetch("/readyz", post: nil, "--http1.1", "--header", "Host: a b")
    _ = try Program.run("curl", ["--silent", "http://127.0.0.1:\(server.port)/"])

    let page = try MetricsPage(server.fetch("/metrics").body)
    let expected = [
      #"reviews_total{webhook="validate",operation="UPDATE",verdict="allowed"}"#: 2.0,
      #"reviews_total{webhook="validate",operation="UPDATE",verdict="denied"}"#: 1,
      #"reviews_total{webhook="mutate",operation="UPDATE",verdict="patched"}"#: 1,
      #"reviews_total{webhook="mutate",operation="UPDATE",verdict="denied"}"#: 1,
      #"rule_violations_total{rule="RangeIsNotReserved"}"#: 2,
      "invalid_reviews_total": 1,
      #"rejected_requests_total{reason="bad_host"}"#: 1,
      #"handshake_failures_total{cause="plain_http"}"#: 1,
      #"handshakes_total{version="TLSv1.2",protocol="http/1.1",resumed="false"}"#: 1,
      #"requests_total{protocol="http/1.1"}"#: 1,
      #"certificate_reloads_total{result="success"}"#: 1,
      #"review_duration_seconds_count{stage="total"}"#: 5,
      "open_connections": 1,
      "ready": 1,
      #"build_info{version="\#(Version.current)"}"#: 1,
    ]
    for (name, value) in expected.sorted(by: { $0.key < $1.key }) {
      #expect(page.samples["storage_network_webhook_\(name)"] == value, "\(name)")
    }
    #expect(page.value("received_bytes_total") > 4 * 1500, "four reviews of at least 1.5 KB came in")
    #expect(page.value("sent_bytes_total") > 0)
    let expiry = page.value("certificate_expiry_timestamp_seconds") - Date.now.timeIntervalSince1970
    #expect((86_400...2 * 86_400).contains(expiry), "the test's certificate is valid for two days")
  }

  /// Rendering the metrics takes as long as thirty reviews, and two requests in one TLS record are read at once.
  @Test
  func `scrapes in the same iteration get the same body`() throws {
    let server = try ServerInProcess()
    let connection = try HTTPSConnection(port: server.port, server.clientContext)
    try connection.send(String(repeating: HTTPSConnection.request("/metrics"), count: 2))
    let pages = [try connection.receiveResponse().body, try connection.receiveResponse().body]
    #expect(pages[0] == pages[1])
    let later = try connection.fetch("/metrics").body
    #expect(later != pages[0], "the previous requests are counted")
  }

  @Test
  func `process metrics have the standard names`() throws {
    let server = try RunningServer()
    let page = try MetricsPage(server.fetch("/metrics").body)
    #expect(try #require(page.samples["process_cpu_seconds_total"]) > 0)
    #expect(try #require(page.samples["process_resident_memory_bytes"]) > 1_000_000)
    #expect(try #require(page.samples["process_open_fds"]) > 3)
    #expect(try #require(page.samples["process_max_fds"]) > 100)
    let age = Date.now.timeIntervalSince1970 - (try #require(page.samples["process_start_time_seconds"]))
    #expect((-1...60).contains(age))
  }

  @Test
  func `histogram buckets are cumulative`() throws {
    let server = try RunningServer()
    for _ in 0..<3 { _ = try server.validate(ExampleReview.text("update-set-value")) }
    let page = try MetricsPage(server.fetch("/metrics").body)
    for stage in ["decode", "evaluate", "total"] {
      let name = "storage_network_webhook_review_duration_seconds"
      let buckets = page.command.filter { $0.hasPrefix("\(name)_bucket{stage=\"\(stage)\"") }.compactMap {
        page.samples[$0]
      }
      #expect(buckets.count == HistogramSnapshot.count + 1)
      #expect(buckets == buckets.sorted())
      #expect(buckets.last == 3)
      #expect(page.samples["\(name)_count{stage=\"\(stage)\"}"] == 3)
      let sum = try #require(page.samples["\(name)_sum{stage=\"\(stage)\"}"])
      #expect(sum > 0 && sum < 3)
    }
  }

  @Test(.enabled(if: Program.isInstalled("promtool")))
  func `promtool accepts the metrics`() throws {
    let server = try RunningServer()
    let page = try server.fetch("/metrics").body
    let run = try Program.run("promtool", ["check", "metrics"], input: page)
    #expect(run.exitCode == 0)
    #expect(run.output + run.errors == "")
  }

  @Test
  func `a label's value is escaped`() {
    var page = Exposition()
    page.begin("names", .gauge, "Names.")
    page.add(1, ["name": "a \"b\" \\ c\nd"])
    let text = String(decoding: page.bytes, as: UTF8.self)
    #expect(text.hasSuffix("storage_network_webhook_names{name=\"a \\\"b\\\" \\\\ c\\nd\"} 1\n"))
  }

  struct Row: CustomTestStringConvertible {
    let nanoseconds: Int64
    let bucket: Int
    var testDescription: String { "\(nanoseconds) ns" }
  }

  @Test(arguments: [
    Row(nanoseconds: 0, bucket: 0),
    Row(nanoseconds: 1_000, bucket: 0),
    Row(nanoseconds: 1_001, bucket: 1),
    Row(nanoseconds: 1_000_000_000, bucket: 13),
    Row(nanoseconds: 1_000_000_001, bucket: 14),
  ])
  func `a duration counts in the first bucket whose bound it does not exceed`(row: Row) {
    let tally = Histogram()
    tally.add(MonotonicInstant(nanoseconds: 5), MonotonicInstant(nanoseconds: 5 + row.nanoseconds))
    var durations = HistogramSnapshot()
    tally.collect(into: &durations)
    #expect((durations.counts + [durations.countAboveBounds]).firstIndex(of: 1) == row.bucket)
    #expect(durations.nanoseconds == Int(row.nanoseconds))
  }

  @Test
  func `a duration of several reviews is counted for each`() {
    let tally = Histogram()
    tally.add(MonotonicInstant(nanoseconds: 5), MonotonicInstant(nanoseconds: 2_005), times: 3)
    var durations = HistogramSnapshot()
    tally.collect(into: &durations)
    #expect(durations.counts == [0, 3] + Array(repeating: 0, count: 12))
    #expect(durations.nanoseconds == 6_000)
  }

  @Test
  func `bucket labels equal the bounds in seconds`() {
    for index in 0..<HistogramSnapshot.count {
      #expect(Double(HistogramSnapshot.boundsInSeconds[index]) == Double(HistogramSnapshot.bounds[index]) / 1e9)
    }
  }
}

/// A strict parser of the Prometheus text format.
struct MetricsPage {
  /// Values by name and labels.
  private(set) var samples: [String: Double] = [:]
  private(set) var command: [String] = []
  private(set) var kinds: [String: String] = [:]

  struct Malformed: Error { let line: Substring }

  init(_ text: String) throws {
    guard text.hasSuffix("\n") else { throw Malformed(line: text[...].suffix(40)) }
    var helped: Set<Substring> = []
    for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
      let words = line.split(separator: " ")
      if line.hasPrefix("# HELP ") {
        guard words.count > 3, helped.insert(words[2]).inserted else { throw Malformed(line: line) }
      } else if line.hasPrefix("# TYPE ") {
        guard words.count == 4, helped.contains(words[2]) else { throw Malformed(line: line) }
        kinds[String(words[2])] = String(words[3])
      } else {
        guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
          throw Malformed(line: line)
        }
        let key = String(line[..<space])
        let name = String(key.prefix { $0 != "{" })
        let family =
          ["_bucket", "_sum", "_count"].first { name.hasSuffix($0) && kinds[name] == nil }
          .map { String(name.dropLast($0.count)) } ?? name
        guard kinds[family] != nil, samples.updateValue(value, forKey: key) == nil else { throw Malformed(line: line) }
        command.append(key)
      }
    }
  }

  func value(_ name: String) -> Double { samples["storage_network_webhook_\(name)"] ?? .nan }
}
