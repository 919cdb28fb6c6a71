internal import Rules

/// What `verify` found.
package struct VerifyReport: Sendable, Equatable {
  package let target: Target
  let setting: SettingObject
  let change: HarvesterProgress
  /// Whether any node is known; without one nothing can be verified.
  let knowsNodes: Bool
  /// Whether Longhorn's setting is what this value leads to.
  let longhornIsTold: Bool
  package let steps: [StepReport]
  package let pods: [PodReport]
  package let pool: PoolReport?

  package var isVerified: Bool { knowsNodes && steps.allSatisfy(\.state.isDone) }

  /// 0 to 100; 100 only when everything is done.
  ///
  /// What is still as it was before the change does not count, since it will be undone first: the definition counts
  /// when Harvester has taken the value up, and the pods when Longhorn has been told of it.
  package var percent: Int {
    if isVerified { return 100 }
    let (part, whole) = steps.reduce((0, 0)) { sum, report in
      let weight = report.step.weight
      let counts =
        report.step.followsLonghorn ? longhornIsTold : report.step == .settingApplied || change.hasTakenUpValue
      return (sum.0 + (counts ? weight * report.progress.percent : 0), sum.1 + weight)
    }
    return min(part / whole, 99)
  }

  /// Two reports with the same signs show the same progress; how often an event has happened is none, and the order in
  /// which Harvester lists volumes neither.
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

  /// Its part of the whole, which does not depend on how many pods there are at a moment.
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
