import Addressing
import Rules
import Testing

@testable import Reports

@Suite struct `Metrics and verify` {
  @Test(arguments: Golden.states) func `the status of a cluster is what verify reports`(_ state: String) throws {
    var cluster = try Golden.cluster(state)
    try #require(VerifyInput(cluster.facts, cluster.extraFacts)).expectSameStatus()
  }

  @Test func `the clusters of the reports show each number of the status`() throws {
    let states = try Golden.states.compactMap { StorageNetworkStatus(try Golden.facts($0), sizing: .automatic) }
    #expect(states.contains { $0.change != nil } && states.contains { $0.change == nil })
    #expect(states.contains { ($0.pods?.offNetwork ?? 0) > 0 } && states.contains { $0.pods?.offNetwork == 0 })
    #expect(states.contains { ($0.range?.leaked ?? 0) > 0 } && states.contains { $0.range == nil })
  }
}

extension VerifyInput {
  /// Expects that the metrics of the same facts say what `verify` says.
  func expectSameStatus(_ location: SourceLocation = #_sourceLocation) throws {
    let status = try #require(StorageNetworkStatus(facts, sizing: .automatic), sourceLocation: location)
    #expect((status.change != nil) == change.isInProgress, sourceLocation: location)
    #expect((status.range == nil) == (pool == nil), sourceLocation: location)
    if let pool, let range = status.range, case .network(let network) = target.recorded(by: change) {
      #expect([pool.usable, pool.used] == [range.usable, range.taken], sourceLocation: location)
      let gone = AddressSet((pool.leaked + pool.orphanedReservations).map(\.address))
      let usable = RangeUsage(of: network, in: facts).usable
      #expect(range.leaked == usable.intersection(gone).count, sourceLocation: location)
    }
    // Until Harvester records the value, verify compares the pods with the definition of an earlier one.
    guard let counted = status.pods, change.hasRecordedValue else { return }
    // A pod that is not running, or is being removed, is no longer or not yet on a network. What verify excuses by the
    // state of the pod or its node is off the network all the same.
    let running = pods.filter { $0.pod.carriesStorage && $0.pod.phase == "Running" && !$0.pod.isBeingDeleted }
    #expect(counted.onNetwork + counted.offNetwork == running.count, sourceLocation: location)
    let surelyOff = running.filter(\.verdict.isAboutNetwork).count
    let possiblyOff = running.filter { $0.verdict != .ok }.count
    #expect((surelyOff...max(surelyOff, possiblyOff)).contains(counted.offNetwork), sourceLocation: location)
  }
}

extension PodReport.Verdict {
  /// Whether the pod is on another network than the setting's.
  fileprivate var isAboutNetwork: Bool {
    switch self {
    case .pendingRestart: true
    case .misplaced(let reason): reason.contains("still on") || reason.contains("not on the storage network")
    case .ok, .waiting, .nodeUnavailable, .blocked, .duplicateAddress: false
    }
  }
}
