package import Rules

/// The result of `verify`.
package struct VerifyReport: Sendable, Equatable {
  package let target: Target
  let setting: SettingObject
  let change: HarvesterProgress
  /// Whether any node is known; without one nothing can be verified.
  let knowsNodes: Bool
  /// Whether Longhorn's setting names the target network of this value.
  let longhornIsConfigured: Bool
  package let steps: [StepReport]
  package let pods: [PodReport]
  package let pool: PoolReport?

  package var isVerified: Bool { knowsNodes && steps.allSatisfy(\.state.isDone) }

  /// 0 to 100; 100 only if everything is done.
  ///
  /// State from before the change does not count, since it will be undone first: the definition counts once Harvester
  /// has recorded the value, and the pods once Longhorn's setting names the target network.
  package var percent: Int {
    if isVerified { return 100 }
    let (part, whole) = steps.reduce((0, 0)) { sum, report in
      let weight = report.step.weight
      let counts =
        report.step.followsLonghorn ? longhornIsConfigured : report.step == .settingApplied || change.hasRecordedValue
      return (sum.0 + (counts ? weight * report.progress.percent : 0), sum.1 + weight)
    }
    return min(part / whole, 99)
  }

  /// Two reports with equal keys show the same progress. The number of an event's occurrences is not part of it, nor is
  /// the order in which Harvester lists volumes.
  var progressKey: [String] {
    steps.map { "\($0.step) \($0.state) \($0.progress.done)/\($0.progress.total)" } + [
      setting.configured?.orderedMessage ?? ""
    ]
  }
}

extension Step {
  fileprivate var followsLonghorn: Bool {
    switch self {
    case .settingApplied, .networkDefined, .uplinksAreUp: false
    case .longhornConfigured, .podsAttached, .allocationsConsistent, .addressesAvailable, .workloadsRestored:
      true
    }
  }

  /// The step's share of the total, which does not depend on the current number of pods.
  fileprivate var weight: Int {
    switch self {
    case .settingApplied: 35
    case .networkDefined: 5
    case .uplinksAreUp: 2
    case .longhornConfigured: 12
    case .podsAttached: 30
    case .allocationsConsistent, .addressesAvailable: 3
    case .workloadsRestored: 10
    }
  }
}
