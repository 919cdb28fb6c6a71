package import ClusterState
package import Rules

/// A cluster at one moment after a change: what `verify` draws its conclusions from.
package struct Inspection: Sendable {
  let facts: ClusterFacts
  let seen: InspectionFacts
  let setting: SettingObject
  let target: Target
  /// Longhorn's pods that carry storage traffic, with what is to be said of each.
  let pods: [PodReport]
  /// Nil where the storage network is switched off.
  let pool: PoolReport?

  /// Nil where there is no setting storage-network, so that nothing can be told.
  package init?(_ facts: ClusterFacts, _ seen: InspectionFacts) {
    guard let setting = facts.storageNetwork else { return nil }
    self.facts = facts
    self.seen = seen
    self.setting = setting
    target = Target(of: setting)
    let isUnderWay = HarvesterProgress(of: setting, to: target).report.state == .waiting
    pods = PodReport.all(seen.pods, for: target, isUnderWay: isUnderWay)
    if case .network(let network) = target {
      pool = PoolReport(of: network, facts.addressPools, seen)
    } else {
      pool = nil
    }
  }

  /// Every step, in order.
  ///
  /// While Harvester is at work, what is not yet as it shall be is under way and not wrong.
  package var report: VerifyReport {
    var steps = Step.allCases.map(judge)
    if steps.first?.state == .waiting {
      for index in steps.indices where steps[index].step.followsHarvester && steps[index].state == .broken {
        steps[index].state = .waiting
      }
    }
    return VerifyReport(target: target, setting: setting, steps: steps, pods: pods, pool: pool)
  }

  private func judge(_ step: Step) -> StepReport {
    switch step {
    case .settingIsCarriedOut: HarvesterProgress(of: setting, to: target).report
    case .networkIsDefined: networkIsDefined
    case .longhornHasTakenOver: longhornHasTakenOver
    case .podsAreOnNetwork: podsAreOnNetwork
    case .addressesAreAccountedFor: addressesAreAccountedFor
    case .noPodWaitsForAddress: noPodWaitsForAddress
    case .workloadsAreBack: workloadsAreBack
    }
  }
}

extension Step {
  fileprivate var followsHarvester: Bool {
    switch self {
    case .networkIsDefined, .longhornHasTakenOver, .podsAreOnNetwork, .workloadsAreBack: true
    case .settingIsCarriedOut, .addressesAreAccountedFor, .noPodWaitsForAddress: false
    }
  }
}
