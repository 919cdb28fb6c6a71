import ClusterState
import Foundation
import Testing

@testable import Reports

/// Following a change, with the clock and the cluster in the test's hands.
@Suite struct `Following a change` {
  /// What a cluster looks like so many seconds after the beginning.
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

  @Test func `it ends when everything has arrived`() throws {
    let (text, outcome) = try Self.frames(Self.success, timeout: 60)
    #expect(outcome == .verified)
    try Golden.expect(text, in: "Tests/GoldenFiles/watch.txt")
  }

  @Test func `it is stuck when nothing has moved for as long as one wanted to wait, and says at what`() throws {
    let (text, outcome) = try Self.frames(
      [(0, "stopping"), (10, "detaching"), (69, "detaching"), (70, "detaching"), (71, "completed")], timeout: 60)
    #expect(outcome == .stalled)
    #expect(text.contains("stuck for 1 min 00 s at «Harvester has carried out the change»"))
    #expect(text.contains("pvc-5d3a7c10-8f0e-4f5e-9a53-2f6f4f0c1b77"))
    try Golden.expect(text, in: "Tests/GoldenFiles/watch-stuck.txt")
  }

  @Test func `the twin: what moves just in time is not stuck`() throws {
    let (_, outcome) = try Self.frames(
      [(0, "stopping"), (59, "detaching"), (118, "restarting"), (177, "completed")], timeout: 60)
    #expect(outcome == .verified)
  }

  @Test func `a look that fails is shown, passes, and is no progress`() throws {
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

  @Test func `an event that happens once more is no progress`() throws {
    let more = try Golden.report("exhausted")
    var monitor = ProgressMonitor(stallTimeout: .seconds(60))
    _ = monitor.record(more, at: .zero)
    #expect(monitor.hasProgressed)
    _ = monitor.record(more, at: .seconds(1))
    #expect(!monitor.hasProgressed)
  }

  @Test func `progress never says that all is done before it is`() throws {
    for state in Golden.states {
      let report = try Golden.report(state)
      #expect((0...100).contains(report.percent))
      if !report.isVerified { #expect(report.percent < 100, "\(state)") }
    }
  }

  @Test func `states that are good, and those that are not`() throws {
    let good = try Golden.states.filter { try Golden.report($0).isVerified }
    #expect(good == ["completed", "leaked", "switched-off", "untouched"])
  }

  @Test func `without a setting nothing can be told`() throws {
    var cluster = VerifySnapshot()
    #expect(VerifyInput(cluster.facts, cluster.extraFacts) == nil)
  }
}
