import ClusterState
import Foundation
import Testing

@testable import Companion

/// Following a change, with the clock and the cluster in the test's hands.
@Suite struct `Following a change` {
  /// What a cluster looks like so many seconds after the beginning.
  typealias Script = [(second: Int, state: String)]

  static let success: Script = [
    (0, "unseen"), (2, "stopping"), (20, "stopping"), (31, "detaching"), (45, "detaching"), (61, "restarting"),
    (95, "restarting"), (130, "completed"),
  ]

  static func frames(_ script: Script, patience: Int) throws -> (text: String, ending: Vigil.Ending?) {
    var vigil = Vigil(patience: .seconds(patience))
    var text = ""
    for (second, state) in script {
      let ending = vigil.see(try Golden.report(state), after: .seconds(second))
      text += "--- after \(second) s\n"
      text += vigil.page(showsClock: true, ending: ending).text(for: Terminal(width: 100))
      if let ending { return (text, ending) }
    }
    return (text, nil)
  }

  @Test func `it ends when everything has arrived`() throws {
    let (text, ending) = try Self.frames(Self.success, patience: 60)
    #expect(ending == .verified)
    try Golden.expect(text, in: "Tests/CompanionGolden/watch.txt")
  }

  @Test func `it is stuck when nothing has moved for as long as one wanted to wait, and says at what`() throws {
    let (text, ending) = try Self.frames(
      [(0, "stopping"), (10, "detaching"), (69, "detaching"), (70, "detaching"), (71, "completed")], patience: 60)
    #expect(ending == .stuck)
    #expect(text.contains("stuck for 1 min 00 s at «Harvester has carried out the change»"))
    #expect(text.contains("pvc-5d3a7c10-8f0e-4f5e-9a53-2f6f4f0c1b77"))
    try Golden.expect(text, in: "Tests/CompanionGolden/watch-stuck.txt")
  }

  @Test func `the twin: what moves just in time is not stuck`() throws {
    let (_, ending) = try Self.frames(
      [(0, "stopping"), (59, "detaching"), (118, "restarting"), (177, "completed")], patience: 60)
    #expect(ending == .verified)
  }

  @Test func `a look that fails is shown, passes, and is no progress`() throws {
    var vigil = Vigil(patience: .seconds(60))
    #expect(!vigil.hasSeen)
    _ = vigil.see(try Golden.report("stopping"), after: .zero)
    #expect(vigil.hasSeen)
    #expect(vigil.see(nothing: "connection refused", after: .seconds(30)) == nil)
    #expect(!vigil.hasMoved)
    #expect(vigil.page(showsClock: false, ending: nil).text(for: .plain).contains("failed: connection refused"))
    #expect(vigil.see(try Golden.report("stopping"), after: .seconds(40)) == nil)
    #expect(!vigil.page(showsClock: false, ending: nil).text(for: .plain).contains("refused"))
    #expect(vigil.see(nothing: "connection refused", after: .seconds(60)) == .stuck)
  }

  @Test func `an event that happens once more is no progress`() throws {
    let more = try Golden.report("exhausted")
    var vigil = Vigil(patience: .seconds(60))
    _ = vigil.see(more, after: .zero)
    #expect(vigil.hasMoved)
    _ = vigil.see(more, after: .seconds(1))
    #expect(!vigil.hasMoved)
  }

  @Test func `progress never says that all is done before it is`() throws {
    for state in Golden.states {
      let report = try Golden.report(state)
      #expect((0...100).contains(report.progress.percent))
      if !report.isVerified { #expect(report.progress.percent < 100, "\(state)") }
    }
  }

  @Test func `states that are good, and those that are not`() throws {
    let good = try Golden.states.filter { try Golden.report($0).isVerified }
    #expect(good == ["completed", "leaked", "switched-off", "untouched"])
  }

  @Test func `without a setting nothing can be told`() throws {
    var cluster = InspectedCluster()
    #expect(Inspection(cluster.facts, cluster.seen) == nil)
  }
}
