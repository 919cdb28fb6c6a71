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

extension Step {
  fileprivate var followsLonghorn: Bool {
    switch self {
    case .settingIsCarriedOut, .networkIsDefined, .longhornHasTakenOver: false
    case .podsAreOnNetwork, .addressesAreAccountedFor, .noPodWaitsForAddress, .workloadsAreBack: true
    }
  }
}

/// What `verify` found.
package struct VerifyReport: Sendable, Equatable {
  package let target: Target
  let setting: SettingObject
  package let steps: [StepReport]
  package let pods: [PodReport]
  package let pool: PoolReport?

  package var isVerified: Bool { steps.allSatisfy(\.state.isDone) }

  /// What comes after Longhorn has taken over counts only then: before, it is as it was, and will be undone first.
  package var progress: Progress {
    let hasTurned = steps.contains { $0.step == .longhornHasTakenOver && $0.state.isDone }
    return steps.reduce(Progress(done: 0, of: 0)) { sum, report in
      let counts = hasTurned || !report.step.followsLonghorn
      return sum + Progress(done: counts ? report.progress.done : 0, of: report.progress.whole)
    }
  }

  /// Two reports with the same signs show the same progress; how often an event has happened is none.
  var signs: [String] {
    steps.map { "\($0.step) \($0.state) \($0.progress.done)/\($0.progress.whole)" } + [
      setting.configured?.message ?? ""
    ]
  }
}
