import Foundation
import TestSupport

/// One run of the webhook in a cluster.
final class Measurement {
  enum Measure: String, CaseIterable {
    case ready = "exec to /readyz 200, s"
    case memory = "resident memory when ready, MiB"
    case memoryAfterChanges = "resident memory after the changes, MiB"
    case event = "CPU a change of an object that changes no fact, µs"
    case relevantEvent = "CPU a change of a fact, µs"
    case review = "CPU a review, µs"
    case reviewAfterChange = "CPU a review that follows a change of a fact, µs"

    var format: String { self == .ready ? "%.2f" : "%.1f" }
  }

  private static let rounds = 5
  private static let events = 1_000
  private static let reviews = 300
  /// In seconds.
  private static let readyTimeout = 600.0
  private static let eventTimeout = 60.0

  private let cluster: any BenchmarkCluster
  private let program: Program
  private let connection: HTTPSConnection
  private let review: String
  private var values: [Measure: [Double]] = [:]
  private var sentEvents = 0

  /// Starts the webhook and waits until it is ready.
  init(of path: String, in cluster: any BenchmarkCluster) throws {
    self.cluster = cluster
    review = try Repository.text("manifests/example/reviews/update-set-value.json")
    let certificates = try Certificates()
    let start = Date()
    program = try Program(
      path,
      [
        "serve", "--listen", "127.0.0.1:0", "--drain-delay", "0", "--log-level", "notice", "--kubeconfig",
        cluster.kubeconfig, "--tls-certificate", certificates.certificate, "--tls-key", certificates.key,
      ])
    let line = try program.errors.waitForLine(with: "listening")
    guard let port = line.firstMatch(of: /127\.0\.0\.1:(\d+)/).flatMap({ Int($0.1) }) else {
      throw Failure(description: "no port in: \(line)")
    }
    connection = try HTTPSConnection(port: port, ClientContext(authority: certificates.authority))
    let deadline = start + Self.readyTimeout
    while case let answer = try connection.fetch("/readyz"), answer.status != 200 {
      if Date() > deadline {
        throw Failure(description: "not ready within \(Int(Self.readyTimeout)) s: \(answer.body)")
      }
      pauseBriefly()
    }
    values[.ready] = [Date().timeIntervalSince(start)]
  }

  /// Returns the median of each measure.
  func results() throws -> [Measure: Double] {
    try expectDenial()
    values[.memory] = [try residentMemory()]
    for _ in 0..<Self.rounds {
      let event = try cost(of: Self.events) { try self.sendAlone($0, isRelevant: false) }
      let relevant = try cost(of: Self.events) { try self.sendAlone($0, isRelevant: true) }
      let review = try cost(of: Self.reviews) { _ in
        try self.expectDenial()
        pauseBriefly()
      }
      let both = try cost(of: Self.reviews) {
        try self.sendAlone($0, isRelevant: true)
        try self.expectDenial()
        pauseBriefly()
      }
      record(.event, event)
      record(.relevantEvent, relevant)
      record(.review, review)
      record(.reviewAfterChange, both - relevant)
    }
    values[.memoryAfterChanges] = [try residentMemory()]
    return values.mapValues { $0.sorted()[$0.count / 2] }
  }

  /// Sends 1,000 changes a second for some minutes, every second one of a fact, and reports the resident memory after each
  /// minute.
  func soak(minutes: Int, report: (String) -> Void) throws {
    let start = Date()
    for minute in 0...minutes {
      while case let elapsed = Date().timeIntervalSince(start), elapsed < Double(minute * 60) {
        for number in sentEvents..<max(sentEvents, Int(elapsed * 1_000)) {
          try send(number, isRelevant: number % 2 == 0)
        }
        pauseBriefly()
      }
      try waitForEvents()
      report("after \(minute) min and \(sentEvents) events: " + String(format: "%.1f MiB", try residentMemory()))
    }
  }

  private func record(_ measure: Measure, _ value: Double) { values[measure, default: []].append(value) }

  private func send(_ number: Int, isRelevant: Bool) throws {
    try cluster.change(number, isRelevant: isRelevant)
    sentEvents += 1
  }

  private func sendAlone(_ number: Int, isRelevant: Bool) throws {
    try send(number, isRelevant: isRelevant)
    pauseBriefly()
  }

  private func expectDenial() throws {
    let response = try connection.fetch("/validate", post: review)
    guard response.status == 200, response.body.contains("virtual machines are not stopped") else {
      throw Failure(description: "the review is not denied for its machines: \(response.body)")
    }
  }

  /// Returns the CPU time of the webhook for each of `count` calls in microseconds, when all events are processed.
  private func cost(of count: Int, _ call: (Int) throws -> Void) throws -> Double {
    let before = try processorTime()
    for number in 0..<count { try call(number) }
    let polling = try waitForEvents()
    return (try processorTime() - before - polling) / Double(count)
  }

  /// Waits until all events are processed. Returns the CPU time of the polls for their number, in microseconds; a poll begins
  /// and ends while the webhook is idle.
  @discardableResult private func waitForEvents() throws -> Double {
    let deadline = Date(timeIntervalSinceNow: Self.eventTimeout)
    var polling = 0.0
    while true {
      let before = try idleProcessorTime(by: deadline)
      let received = try receivedEvents()
      polling += try idleProcessorTime(by: deadline) - before
      if received >= sentEvents { return polling }
      if Date() > deadline {
        throw Failure(
          description: "\(received) of \(sentEvents) events were processed within \(Int(Self.eventTimeout)) s")
      }
    }
  }

  /// The CPU time when it has not grown for some milliseconds.
  private func idleProcessorTime(by deadline: Date) throws -> Double {
    var (time, pauses) = (try processorTime(), 0)
    while pauses < 5, Date() < deadline {
      pauseBriefly()
      let now = try processorTime()
      pauses = now == time ? pauses + 1 : 0
      time = now
    }
    return time
  }

  private func receivedEvents() throws -> Int {
    let lines = try connection.fetch("/metrics").body.split(separator: "\n")
    return lines.filter { $0.contains("watch_events_total{") }.compactMap { line in
      line.split(separator: " ").last.flatMap { Int($0) }
    }.reduce(0, +)
  }

  /// The CPU time of all threads in microseconds.
  private func processorTime() throws -> Double {
    let tasks = "/proc/\(program.identifier)/task"
    return try FileManager.default.contentsOfDirectory(atPath: tasks).compactMap { task in
      try String(contentsOfFile: "\(tasks)/\(task)/schedstat", encoding: .utf8).split(separator: " ").first
        .flatMap { Double($0) }
    }.reduce(0, +) / 1_000
  }

  /// In MiB.
  private func residentMemory() throws -> Double {
    let status = try String(contentsOfFile: "/proc/\(program.identifier)/status", encoding: .utf8)
    guard let kibibytes = status.firstMatch(of: /VmRSS:\s+(\d+)/).flatMap({ Double($0.1) }) else {
      throw Failure(description: "no VmRSS in: \(status)")
    }
    return kibibytes / 1_024
  }
}

struct Failure: Error, CustomStringConvertible {
  let description: String
}

/// Lets the webhook finish and fall asleep.
func pauseBriefly() {
  let condition = NSCondition()
  _ = condition.withLock { condition.wait(until: Date(timeIntervalSinceNow: 0.001)) }
}
