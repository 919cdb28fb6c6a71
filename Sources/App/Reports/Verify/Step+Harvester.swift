internal import Rules

/// What Harvester does with a change, in this order, by the messages of the setting's condition.
private enum HarvesterPhase: Int, CaseIterable {
  case pending
  case creatingNetwork
  case stoppingPods
  case detachingVolumes
  case updatingLonghorn
  case restartingPods
  case completed

  init(_ condition: ConfiguredCondition) {
    switch condition.message {
    case "create NAD": self = .creatingNetwork
    case "Stopping Pods": self = .stoppingPods
    case _ where condition.message.hasPrefix("waiting for all volumes detached"): self = .detachingVolumes
    case "Update Longhorn setting": self = .updatingLonghorn
    case "Restarting Pods", "IP allocation failure for Longhorn Pods": self = .restartingPods
    default: self = .pending
    }
  }

  var described: String {
    switch self {
    case .pending: "Harvester begins"
    case .creatingNetwork: "Harvester makes the network definition"
    case .stoppingPods: "Harvester stops what uses volumes"
    case .detachingVolumes: "Harvester waits until every volume is detached"
    case .updatingLonghorn: "Harvester tells Longhorn"
    case .restartingPods: "Harvester starts again what it stopped"
    case .completed: "completed"
    }
  }

  var progress: Progress { Progress(done: rawValue, of: Self.allCases.count - 1) }
}

/// What the setting itself tells of its change.
struct HarvesterProgress {
  private let setting: SettingObject
  private let target: Target

  init(of setting: SettingObject, to target: Target) {
    self.setting = setting
    self.target = target
  }

  var report: StepReport {
    func report(
      _ state: StepReport.State, _ summary: String, _ findings: [StepReport.Finding] = [], _ phase: HarvesterPhase
    ) -> StepReport {
      StepReport(.settingApplied, state, summary, findings, progress: phase.progress)
    }
    if case .unreadable = target {
      return report(
        .failed, "the setting's value says no network",
        [.init("nothing can follow from this value", advice: "ask storage-network-webhook check about it")], .pending)
    }
    guard hashIsCurrent else { return report(.inProgress, "Harvester has not yet taken up the value", [], .pending) }
    guard let condition = setting.configured else {
      return isUntouched
        ? report(.done, "there is nothing to carry out", [], .completed)
        : report(.inProgress, "Harvester has not yet said anything", [], .pending)
    }
    if condition.status == "True" {
      return report(.done, condition.reason.isEmpty ? "completed" : condition.reason.lowercased(), [], .completed)
    }
    guard condition.isInProgress else {
      return report(
        .failed, "\(condition.reason): \(condition.message)",
        [.init("Harvester reports a failure", advice: "kubectl -n harvester-system logs deployment/harvester")],
        .pending
      )
    }
    let phase = HarvesterPhase(condition)
    return report(.inProgress, phase.described, finding(condition, in: phase), phase)
  }

  private func finding(_ condition: ConfiguredCondition, in phase: HarvesterPhase) -> [StepReport.Finding] {
    if condition.message == "IP allocation failure for Longhorn Pods" {
      let advice = "see the steps below; a range that is too small has to be replaced by a larger one (plan)"
      return [.init("fewer addresses are handed out than there are nodes", advice: advice)]
    }
    switch phase {
    case .detachingVolumes:
      return [.init(condition.message, advice: "stop what uses these volumes, or detach them in the Longhorn UI")]
    case .pending where !condition.message.isEmpty:
      return [.init(condition.message)]
    default:
      return []
    }
  }

  /// Harvester notes the value's hash before it does anything else.
  private var hashIsCurrent: Bool {
    guard case .text(let value) = setting.value else { return false }
    let noted = setting.annotations?.hash ?? ""
    return noted == ValueHash(of: value).description || noted.isEmpty && value.isEmpty
  }

  /// The empty setting as Harvester creates it at its first start.
  private var isUntouched: Bool {
    target == .switchedOff && (setting.annotations ?? SettingAnnotations()) == SettingAnnotations()
  }
}
