import Foundation
import Testing

@testable import Reports

/// Successful changes, look by look, as Harvester's real controllers and Longhorn have made them.
///
/// No step is ever broken, nothing is ever to be deleted, the bar never runs backwards, and all is verified at the end
/// and not before.
@Suite struct `Successful changes` {
  enum Change: CaseIterable, CustomTestStringConvertible {
    case first
    case anotherRange
    case anotherVLAN
    case off

    var testDescription: String { "\(self)" }
  }

  enum Generation: CaseIterable, CustomTestStringConvertible {
    /// Longhorn does not say `applied`, and Harvester says `Completed` before Longhorn has restarted anything.
    case v1_2
    /// Harvester waits for an address a node, and writes `Waiting` with a capital.
    case v1_5
    case v1_9

    var testDescription: String { "\(self)" }
  }

  static let other = #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.7.0/24"}"#
  static let vlan = #"{"vlan":101,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#

  /// A change with what it leads to.
  static func goal(_ change: Change) -> (value: String, name: String?, definition: SimulatedCluster.Definition?) {
    switch change {
    case .first: (SimulatedCluster.value, "storagenetwork-b", .init())
    case .anotherRange: (other, "storagenetwork-b", .init(range: "192.168.7.0/24"))
    case .anotherVLAN: (vlan, "storagenetwork-b", .init(vlan: 101))
    case .off: ("", nil, nil)
    }
  }

  static func before(_ change: Change, _ generation: Generation) -> SimulatedCluster {
    var cluster =
      change == .first ? SimulatedCluster() : SimulatedCluster(settledWith: SimulatedCluster.value)
    if generation == .v1_2 {
      cluster.isApplied = nil
      cluster.version = "v1.2.2"
    }
    return cluster
  }

  /// Every moment in order, with whether virtual machines may be started.
  static func moments(_ change: Change, _ generation: Generation) -> [(cluster: SimulatedCluster, isSufficient: Bool)] {
    var cluster = before(change, generation)
    var moments = [(cluster, true)]
    func look() { moments.append((cluster, false)) }
    let goal = goal(change)
    let isSilent = generation == .v1_2

    cluster.value = goal.value
    look()
    if let name = goal.name { cluster.definitions[name] = goal.definition }
    cluster.take(goal.value, as: goal.name)
    cluster.say("create NAD")
    look()
    cluster.say("Stopping Pods")
    cluster.stopWorkloads()
    look()
    let waiting = generation == .v1_9 ? "waiting" : "Waiting"
    for volumes in ["pvc-b,pvc-a", "pvc-a,pvc-b", "pvc-a"] {
      cluster.say("\(waiting) for all volumes detached: \(volumes)")
      look()
    }
    cluster.tellLonghorn()
    cluster.say("Update Longhorn setting")
    look()
    if !isSilent { cluster.isApplied = false }
    cluster.say("Restarting Pods")
    look()
    cluster.workload = .init(wanted: 1, ready: 0)
    let waitsForAddresses = !isSilent && (change == .first || change == .anotherRange)
    if waitsForAddresses {
      cluster.say("IP allocation failure for Longhorn Pods")
    } else {
      cluster.complete()
      cluster.definitions["storagenetwork-a"] = nil
      cluster.previousDefinition = ""
    }
    look()
    cluster.workload = .init()
    look()
    let pods = cluster.pods
    for index in pods.indices {
      cluster.pods[index].isBeingDeleted = true
      look()
    }
    cluster.pods = []
    look()
    // Instance managers come last: of the others none is missing as long as it is not there.
    for (count, pod) in pods.sorted(by: { $0.component < $1.component }).enumerated() {
      cluster.pods.append(pod)
      cluster.pods[count].network = ""
      cluster.pods[count].isReady = false
      cluster.pods[count].phase = "Pending"
      look()
      cluster.move(count)
      cluster.pods[count].isReady = true
      cluster.pods[count].phase = "Running"
      if waitsForAddresses, count == 3 {
        cluster.complete()
        cluster.definitions["storagenetwork-a"] = nil
        cluster.previousDefinition = ""
      }
      if count < pods.count - 1 || !isSilent { look() }
    }
    if !isSilent { cluster.isApplied = true }
    moments.append((cluster, true))
    return moments
  }

  @Test(arguments: Change.allCases, Generation.allCases)
  func `nothing is called broken, and the bar never runs backwards`(
    _ change: Change, _ generation: Generation
  ) throws {
    var monitor = ProgressMonitor(stallTimeout: .seconds(300))
    var percent = 0
    for (second, moment) in Self.moments(change, generation).dropFirst().enumerated() {
      let report = try moment.cluster.report()
      #expect(!report.steps.contains { $0.state == .failed }, "\(second): \(report.words)")
      #expect(!report.words.contains("delete"), "\(second): \(report.words)")
      #expect(!report.words.contains("larger range"), "\(second): \(report.words)")
      #expect(report.isVerified == moment.isSufficient, "\(second): \(report.words)")
      let outcome = monitor.record(report, at: .seconds(second))
      #expect(outcome == (moment.isSufficient ? .verified : nil))
      let shown = try #require(monitor.json.firstMatch(of: /"percent":(\d+)/).flatMap { Int($0.1) })
      #expect(shown >= percent && (shown == 100) == moment.isSufficient, "\(second): \(shown) after \(percent)")
      percent = shown
    }
  }

  @Test(arguments: Change.allCases, Generation.allCases) func `before it, all is verified too`(
    _ change: Change, _ generation: Generation
  ) throws {
    let report = try Self.before(change, generation).report()
    #expect(report.isVerified, "\(report.words)")
  }

  @Test(arguments: Generation.allCases) func `the phase is known by its message, whatever the case`(
    _ generation: Generation
  ) throws {
    let summaries = try Self.moments(.anotherRange, generation).map { try $0.cluster.report().steps[0].summary }
    #expect(summaries.contains("Harvester waits until every volume is detached"))
    #expect(!summaries.contains("Harvester begins"))
  }

  @Test func `volumes in another order are no progress, one that has been detached is`() throws {
    var cluster = SimulatedCluster(settledWith: SimulatedCluster.value)
    var monitor = ProgressMonitor(stallTimeout: .seconds(300))
    let looks = [
      (0, "c,a,b", nil), (100, "a,b,c", nil), (200, "b, c, a", nil), (299, "c,b,a", nil),
      (300, "a,c,b", ProgressMonitor.Outcome.stalled),
    ]
    for (second, volumes, outcome) in looks {
      cluster.say("waiting for all volumes detached: \(volumes)")
      #expect(monitor.record(try cluster.report(), at: .seconds(second)) == outcome)
      #expect(monitor.hasProgressed == (second == 0))
    }
    cluster.say("waiting for all volumes detached: c,a")
    #expect(monitor.record(try cluster.report(), at: .seconds(301)) == nil)
  }

  @Test func `another value is another change, which begins anew`() throws {
    var cluster = SimulatedCluster(settledWith: SimulatedCluster.value)
    var monitor = ProgressMonitor(stallTimeout: .seconds(300))
    _ = monitor.record(try cluster.report(), at: .zero)
    cluster.value = Self.other
    _ = monitor.record(try cluster.report(), at: .seconds(1))
    #expect(monitor.json.contains(#""percent":0,"#))
  }
}
