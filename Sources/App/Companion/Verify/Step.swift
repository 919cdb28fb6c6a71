/// The steps from a change of the setting to a cluster whose virtual machines may be started.
package enum Step: String, CaseIterable, Sendable {
  case settingIsCarriedOut
  case networkIsDefined
  case longhornHasTakenOver
  case podsAreOnNetwork
  case addressesAreAccountedFor
  case noPodWaitsForAddress
  case workloadsAreBack

  package var title: String {
    switch self {
    case .settingIsCarriedOut: "Harvester has carried out the change"
    case .networkIsDefined: "The network definition says what the setting says"
    case .longhornHasTakenOver: "Longhorn has taken over the network"
    case .podsAreOnNetwork: "Longhorn's pods are ready and on the network"
    case .addressesAreAccountedFor: "Whereabouts accounts for every address"
    case .noPodWaitsForAddress: "No pod waits for an address"
    case .workloadsAreBack: "What Harvester stopped runs again"
    }
  }
}

/// How far one step is.
package struct StepReport: Sendable, Equatable {
  package enum State: String, Sendable {
    case done
    /// Done, but there is something the operator should know.
    case warned
    /// Under way, as far as can be seen from outside.
    case waiting
    /// Does not get better by itself.
    case broken

    package var isDone: Bool { self == .done || self == .warned }
  }

  /// Something worth a line of its own.
  package struct Finding: Sendable, Equatable {
    package let text: String
    /// What to do about it; nil where there is nothing to do but to wait.
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
  /// How much of it is done, in pods, workloads or phases.
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
  package let whole: Int

  init(done: Int, of whole: Int) {
    self.done = done
    self.whole = whole
  }

  static func + (left: Progress, right: Progress) -> Progress {
    Progress(done: left.done + right.done, of: left.whole + right.whole)
  }

  /// 0 to 100; 100 only when everything is done.
  package var percent: Int { whole == 0 ? 100 : done * 100 / whole }
}
