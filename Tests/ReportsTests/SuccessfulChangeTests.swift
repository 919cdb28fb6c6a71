import Foundation
import Testing

@testable import Reports

/// Successful changes, step by step, as recorded with Harvester's controllers and Longhorn.
///
/// No step ever fails, no advice deletes anything, the percentage never decreases, and the change is verified at the
/// end and not before.
@Suite struct `Successful changes` {
  enum Change: CaseIterable, CustomTestStringConvertible {
    case first
    case anotherRange
    case anotherVLAN
    case off

    var testDescription: String { "\(self)" }
  }

  enum HarvesterRelease: CaseIterable, CustomTestStringConvertible {
    /// Longhorn does not report `applied`, and Harvester reports `Completed` before Longhorn has restarted a pod.
    case v1_2
    /// Harvester waits for an address on each node, and writes `Waiting` with a capital.
    case v1_5
    case v1_9

    var testDescription: String { "\(self)" }
  }

  static let other = #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.7.0/24"}"#
  static let vlan = #"{"vlan":101,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#

  /// A change with its result.
  static func target(_ change: Change) -> (value: String, name: String?, definition: SimulatedCluster.Definition?) {
    switch change {
    case .first: (SimulatedCluster.value, "storagenetwork-b", .init())
    case .anotherRange: (other, "storagenetwork-b", .init(range: "192.168.7.0/24"))
    case .anotherVLAN: (vlan, "storagenetwork-b", .init(vlan: 101))
    case .off: ("", nil, nil)
    }
  }

  static func initialCluster(_ change: Change, _ release: HarvesterRelease) -> SimulatedCluster {
    var cluster =
      change == .first ? SimulatedCluster() : SimulatedCluster(completedWith: SimulatedCluster.value)
    if release == .v1_2 {
      cluster.isApplied = nil
      cluster.version = "v1.2.2"
    }
    return cluster
  }

  /// Every state in order, and whether virtual machines may be started.
  static func states(_ change: Change, _ release: HarvesterRelease) -> [(cluster: SimulatedCluster, isSufficient: Bool)]
  {
    var cluster = initialCluster(change, release)
    var states = [(cluster, true)]
    func record() { states.append((cluster, false)) }
    let target = target(change)
    let isOldLonghorn = release == .v1_2

    cluster.value = target.value
    record()
    if let name = target.name { cluster.definitions[name] = target.definition }
    cluster.apply(target.value, definition: target.name)
    cluster.setMessage("create NAD")
    record()
    cluster.setMessage("Stopping Pods")
    cluster.stopWorkloads()
    record()
    let waiting = release == .v1_9 ? "waiting" : "Waiting"
    for volumes in ["pvc-b,pvc-a", "pvc-a,pvc-b", "pvc-a"] {
      cluster.setMessage("\(waiting) for all volumes detached: \(volumes)")
      record()
    }
    cluster.configureLonghorn()
    cluster.setMessage("Update Longhorn setting")
    record()
    if !isOldLonghorn { cluster.isApplied = false }
    cluster.setMessage("Restarting Pods")
    record()
    cluster.workload = .init(replicas: 1, ready: 0)
    let waitsForAddresses = !isOldLonghorn && (change == .first || change == .anotherRange)
    if waitsForAddresses {
      cluster.setMessage("IP allocation failure for Longhorn Pods")
    } else {
      cluster.complete()
      cluster.definitions["storagenetwork-a"] = nil
      cluster.previousDefinition = ""
    }
    record()
    cluster.workload = .init()
    record()
    let pods = cluster.pods
    for index in pods.indices {
      cluster.pods[index].isBeingDeleted = true
      record()
    }
    cluster.pods = []
    record()
    // Instance managers come last: the other pods exist only if needed, so none of them is missing.
    for (count, pod) in pods.sorted(by: { $0.component < $1.component }).enumerated() {
      cluster.pods.append(pod)
      cluster.pods[count].network = ""
      cluster.pods[count].isReady = false
      cluster.pods[count].phase = "Pending"
      record()
      cluster.restartPod(count)
      cluster.pods[count].isReady = true
      cluster.pods[count].phase = "Running"
      if waitsForAddresses, count == 3 {
        cluster.complete()
        cluster.definitions["storagenetwork-a"] = nil
        cluster.previousDefinition = ""
      }
      if count < pods.count - 1 || !isOldLonghorn { record() }
    }
    if !isOldLonghorn { cluster.isApplied = true }
    states.append((cluster, true))
    return states
  }

  @Test(arguments: Change.allCases, HarvesterRelease.allCases)
  func `no step fails and the percentage never decreases during a successful change`(
    _ change: Change, _ release: HarvesterRelease
  ) throws {
    var monitor = ProgressMonitor(stallTimeout: .seconds(300))
    var percent = 0
    for (second, state) in Self.states(change, release).dropFirst().enumerated() {
      let report = try state.cluster.report()
      #expect(!report.steps.contains { $0.state == .failed }, "\(second): \(report.plainText)")
      #expect(!report.plainText.contains("delete"), "\(second): \(report.plainText)")
      #expect(!report.plainText.contains("larger range"), "\(second): \(report.plainText)")
      #expect(report.isVerified == state.isSufficient, "\(second): \(report.plainText)")
      let outcome = monitor.record(report, at: .seconds(second))
      #expect(outcome == (state.isSufficient ? .verified : nil))
      let shown = try #require(monitor.json.firstMatch(of: /"percent":(\d+)/).flatMap { Int($0.1) })
      #expect(shown >= percent && (shown == 100) == state.isSufficient, "\(second): \(shown) after \(percent)")
      percent = shown
    }
  }

  @Test(arguments: Change.allCases, HarvesterRelease.allCases) func `the state before the change is verified`(
    _ change: Change, _ release: HarvesterRelease
  ) throws {
    let report = try Self.initialCluster(change, release).report()
    #expect(report.isVerified, "\(report.plainText)")
  }

  @Test(arguments: HarvesterRelease.allCases) func `the phase is recognised from its message in any case`(
    _ release: HarvesterRelease
  ) throws {
    let summaries = try Self.states(.anotherRange, release).map { try $0.cluster.report().steps[0].summary }
    #expect(summaries.contains("Harvester waits until every volume is detached"))
    #expect(!summaries.contains("Harvester begins"))
  }

  @Test func `volumes in another order are no progress, a detached one is`() throws {
    var cluster = SimulatedCluster(completedWith: SimulatedCluster.value)
    var monitor = ProgressMonitor(stallTimeout: .seconds(300))
    let looks = [
      (0, "c,a,b", nil), (100, "a,b,c", nil), (200, "b, c, a", nil), (299, "c,b,a", nil),
      (300, "a,c,b", ProgressMonitor.Outcome.stalled),
    ]
    for (second, volumes, outcome) in looks {
      cluster.setMessage("waiting for all volumes detached: \(volumes)")
      #expect(monitor.record(try cluster.report(), at: .seconds(second)) == outcome)
      #expect(monitor.hasProgressed == (second == 0))
    }
    cluster.setMessage("waiting for all volumes detached: c,a")
    #expect(monitor.record(try cluster.report(), at: .seconds(301)) == nil)
  }

  @Test func `another value starts the percentage over`() throws {
    var cluster = SimulatedCluster(completedWith: SimulatedCluster.value)
    var monitor = ProgressMonitor(stallTimeout: .seconds(300))
    _ = monitor.record(try cluster.report(), at: .zero)
    cluster.value = Self.other
    _ = monitor.record(try cluster.report(), at: .seconds(1))
    #expect(monitor.json.contains(#""percent":0,"#))
  }
}
