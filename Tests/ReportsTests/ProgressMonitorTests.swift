import ClusterState
import Foundation
import Testing

@testable import Reports

/// Tracks a change, with a simulated clock and cluster.
@Suite struct `Progress monitor` {
  /// The state of a cluster after this number of seconds.
  typealias Script = [(second: Int, state: String)]

  static let success: Script = [
    (0, "unseen"), (2, "stopping"), (20, "stopping"), (31, "detaching"), (45, "detaching"), (61, "restarting"),
    (95, "restarting"), (130, "completed"),
  ]

  static func frames(_ script: Script, timeout: Int) throws -> (text: String, outcome: ProgressMonitor.Outcome?) {
    var monitor = ProgressMonitor(stallTimeout: .seconds(timeout))
    var text = ""
    for (second, state) in script {
      let outcome = monitor.record(try Golden.report(state), at: .seconds(second))
      text += "--- after \(second) s\n"
      text += monitor.styledText(showsClock: true, outcome: outcome).text(for: Terminal(width: 100))
      if let outcome { return (text, outcome) }
    }
    return (text, nil)
  }

  @Test func `the outcome is verified when every step is done`() throws {
    let (text, outcome) = try Self.frames(Self.success, timeout: 60)
    #expect(outcome == .verified)
    try Golden.expect(text, in: "Tests/GoldenFiles/watch.txt")
  }

  @Test func `the outcome is stalled after the timeout without progress, with the open steps`() throws {
    let (text, outcome) = try Self.frames(
      [(0, "stopping"), (10, "detaching"), (69, "detaching"), (70, "detaching"), (71, "completed")], timeout: 60)
    #expect(outcome == .stalled)
    #expect(text.contains("stuck for 1 min 00 s at «Harvester has applied the change»"))
    #expect(text.contains("pvc-5d3a7c10-8f0e-4f5e-9a53-2f6f4f0c1b77"))
    try Golden.expect(text, in: "Tests/GoldenFiles/watch-stuck.txt")
  }

  @Test func `progress just before the timeout is not stalled`() throws {
    let (_, outcome) = try Self.frames(
      [(0, "stopping"), (59, "detaching"), (118, "restarting"), (177, "completed")], timeout: 60)
    #expect(outcome == .verified)
  }

  @Test func `a failed fetch is shown and is no progress`() throws {
    var monitor = ProgressMonitor(stallTimeout: .seconds(60))
    #expect(!monitor.hasReport)
    _ = monitor.record(try Golden.report("stopping"), at: .zero)
    #expect(monitor.hasReport)
    #expect(monitor.recordFailure("connection refused", at: .seconds(30)) == nil)
    #expect(!monitor.hasProgressed)
    #expect(
      monitor.styledText(showsClock: false, outcome: nil).text(for: .plain).contains("failed: connection refused"))
    #expect(monitor.record(try Golden.report("stopping"), at: .seconds(40)) == nil)
    #expect(!monitor.styledText(showsClock: false, outcome: nil).text(for: .plain).contains("refused"))
    #expect(monitor.recordFailure("connection refused", at: .seconds(60)) == .stalled)
  }

  @Test func `a repeated event is no progress`() throws {
    let more = try Golden.report("exhausted")
    var monitor = ProgressMonitor(stallTimeout: .seconds(60))
    _ = monitor.record(more, at: .zero)
    #expect(monitor.hasProgressed)
    _ = monitor.record(more, at: .seconds(1))
    #expect(!monitor.hasProgressed)
  }

  @Test func `the percentage is 100 only if every step is done`() throws {
    for state in Golden.states {
      let report = try Golden.report(state)
      #expect((0...100).contains(report.percent))
      if !report.isVerified { #expect(report.percent < 100, "\(state)") }
    }
  }

  @Test func `each state of a step is done or not`() throws {
    let good = try Golden.states.filter { try Golden.report($0).isVerified }
    #expect(good == ["completed", "leaked", "switched-off", "untouched"])
  }

  @Test func `without the setting there is no report`() throws {
    var cluster = VerifySnapshot()
    #expect(VerifyInput(cluster.facts, cluster.extraFacts) == nil)
  }
}
