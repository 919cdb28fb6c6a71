/// The steps from a change of the setting until virtual machines may be started.
package enum Step: String, CaseIterable, Sendable {
  case settingApplied
  case networkDefined
  case uplinksAreUp
  case longhornConfigured
  case podsAttached
  case allocationsConsistent
  case addressesAvailable
  case workloadsRestored

  package var title: String {
    switch self {
    case .settingApplied: "Harvester has applied the change"
    case .networkDefined: "The network definition matches the setting"
    case .uplinksAreUp: "The cluster network is up on every node"
    case .longhornConfigured: "Longhorn has applied the network"
    case .podsAttached: "Longhorn's pods are ready and on the network"
    case .allocationsConsistent: "Whereabouts accounts for every address"
    case .addressesAvailable: "No pod waits for an address"
    case .workloadsRestored: "What Harvester stopped runs again"
    }
  }
}

/// The state of one step.
package struct StepReport: Sendable, Equatable {
  package enum State: String, Sendable {
    case done
    /// Done, with something that the operator should know.
    case warning
    /// Expected to complete without intervention.
    case inProgress
    /// Does not recover without intervention.
    case failed

    package var isDone: Bool { self == .done || self == .warning }
  }

  /// A detail on its own line.
  package struct Finding: Sendable, Equatable {
    package let text: String
    /// The advised action; nil if waiting is enough.
    package let advice: String?

    init(_ text: String, advice: String? = nil) {
      self.text = text
      self.advice = advice
    }
  }

  package let step: Step
  package internal(set) var state: State
  package let summary: String
  package let findings: [Finding]
  /// The completed part, in pods, workloads or phases.
  package let progress: Progress

  init(
    _ step: Step, _ state: State, _ summary: String, _ findings: [Finding] = [], progress: Progress? = nil
  ) {
    self.step = step
    self.state = state
    self.summary = summary
    self.findings = findings
    self.progress = progress ?? Progress(done: state.isDone ? 1 : 0, of: 1)
  }
}

/// A part and the whole.
package struct Progress: Sendable, Equatable {
  package let done: Int
  package let total: Int

  init(done: Int, of total: Int) {
    self.done = done
    self.total = total
  }

  /// 0 to 100; 100 only if everything is done.
  package var percent: Int { total == 0 ? 100 : done * 100 / total }
}
