package import ClusterState
package import Rules

/// A cluster at one moment after a change: what `verify` draws its conclusions from.
package struct VerifyInput: Sendable {
  let facts: ClusterFacts
  let extraFacts: VerifyFacts
  let setting: SettingObject
  let target: Target
  /// Longhorn's pods that carry storage traffic, with what is to be said of each.
  let pods: [PodReport]
  /// Nil where the storage network is switched off.
  let pool: PoolReport?

  /// Nil where there is no setting storage-network, so that nothing can be told.
  package init?(_ facts: ClusterFacts, _ extraFacts: VerifyFacts) {
    guard let setting = facts.storageNetwork else { return nil }
    self.facts = facts
    self.extraFacts = extraFacts
    self.setting = setting
    target = Target(of: setting)
    let isUnderWay = HarvesterProgress(of: setting, to: target).report.state == .inProgress
    pods = PodReport.all(extraFacts.pods, for: target, isUnderWay: isUnderWay)
    if case .network(let network) = target {
      pool = PoolReport(of: network, facts.addressPools, extraFacts)
    } else {
      pool = nil
    }
  }

  /// Every step, in order.
  ///
  /// While Harvester is at work, what is not yet as it shall be is under way and not wrong.
  package var report: VerifyReport {
    var steps = Step.allCases.map(evaluate)
    if steps.first?.state == .inProgress {
      for index in steps.indices where steps[index].step.followsHarvester && steps[index].state == .failed {
        steps[index].state = .inProgress
      }
    }
    return VerifyReport(target: target, setting: setting, steps: steps, pods: pods, pool: pool)
  }

  private func evaluate(_ step: Step) -> StepReport {
    switch step {
    case .settingApplied: HarvesterProgress(of: setting, to: target).report
    case .networkDefined: networkDefined
    case .longhornConfigured: longhornConfigured
    case .podsAttached: podsAttached
    case .allocationsConsistent: allocationsConsistent
    case .addressesAvailable: addressesAvailable
    case .workloadsRestored: workloadsRestored
    }
  }
}

extension Step {
  fileprivate var followsHarvester: Bool {
    switch self {
    case .networkDefined, .longhornConfigured, .podsAttached, .workloadsRestored: true
    case .settingApplied, .allocationsConsistent, .addressesAvailable: false
    }
  }
}
