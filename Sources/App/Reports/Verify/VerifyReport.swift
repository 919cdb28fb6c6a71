internal import Rules

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
    let hasTurned = steps.contains { $0.step == .longhornConfigured && $0.state.isDone }
    return steps.reduce(Progress(done: 0, of: 0)) { sum, report in
      let counts = hasTurned || !report.step.followsLonghorn
      return sum + Progress(done: counts ? report.progress.done : 0, of: report.progress.total)
    }
  }

  /// Two reports with the same signs show the same progress; how often an event has happened is none.
  var progressKey: [String] {
    steps.map { "\($0.step) \($0.state) \($0.progress.done)/\($0.progress.total)" } + [
      setting.configured?.message ?? ""
    ]
  }
}

extension Step {
  fileprivate var followsLonghorn: Bool {
    switch self {
    case .settingApplied, .networkDefined, .longhornConfigured: false
    case .podsAttached, .allocationsConsistent, .addressesAvailable, .workloadsRestored: true
    }
  }
}
