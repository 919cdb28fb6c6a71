/// The phases of a change in Harvester, in this order, as the messages of the setting's condition show them.
package enum HarvesterPhase: Int, CaseIterable, Sendable {
  case pending
  case creatingNetwork
  case stoppingPods
  case detachingVolumes
  case updatingLonghorn
  case restartingPods
  case allocating
  case completed

  package init(_ condition: ConfiguredCondition) {
    // The wording is the same in every version; up to v1.5 the message about volumes begins with a capital.
    let message = condition.message.lowercased()
    switch message {
    case "create nad": self = .creatingNetwork
    case "stopping pods": self = .stoppingPods
    case _ where message.hasPrefix("waiting for all volumes detached"): self = .detachingVolumes
    case "update longhorn setting": self = .updatingLonghorn
    case "restarting pods": self = .restartingPods
    case _ where message.hasPrefix("ip allocation failure"): self = .allocating
    default: self = .pending
    }
  }
}

/// Harvester's progress with the setting's value, as its annotations and condition show it.
package enum HarvesterProgress: Sendable, Equatable {
  case unreadable
  /// The recorded hash is not the value's.
  case valueNotRecorded
  /// As ``valueNotRecorded``, and permanent: Harvester compares its new condition with an object that it has already changed,
  /// so with `create NAD` as the stored message it never stores another hash.
  case stuckAtCreateNAD
  /// The empty setting, as Harvester creates it at its first start.
  case nothingToDo
  /// Empty and without annotations, which Harvester considers its first start, while Longhorn has a storage network.
  case annotationsLost
  case noCondition
  case inProgress(HarvesterPhase)
  case completed(reason: String)
  case failed(reason: String, message: String)

  package init(of setting: SettingObject, to target: Target, longhornNetwork: String?) {
    if target == .unreadable {
      self = .unreadable
    } else if setting.isUntouched {
      self = (longhornNetwork ?? "").isEmpty ? .nothingToDo : .annotationsLost
    } else if !setting.hasRecordedHash {
      self = setting.configured?.isCreatingDefinition == true ? .stuckAtCreateNAD : .valueNotRecorded
    } else if let condition = setting.configured {
      self = HarvesterProgress(condition)
    } else {
      self = .noCondition
    }
  }

  private init(_ condition: ConfiguredCondition) {
    if condition.status == "True" {
      self = .completed(reason: condition.reason)
    } else if condition.isInProgress {
      self = .inProgress(HarvesterPhase(condition))
    } else {
      self = .failed(reason: condition.reason, message: condition.message)
    }
  }

  package var phase: HarvesterPhase {
    switch self {
    case .unreadable, .valueNotRecorded, .stuckAtCreateNAD, .noCondition, .failed, .annotationsLost: .pending
    case .inProgress(let phase): phase
    case .nothingToDo, .completed: .completed
    }
  }

  /// Whether later steps may still show the previous state without an error.
  package var isInProgress: Bool {
    switch self {
    case .valueNotRecorded, .stuckAtCreateNAD, .noCondition, .inProgress: true
    case .unreadable, .nothingToDo, .annotationsLost, .completed, .failed: false
    }
  }

  /// Whether the annotations are of the setting's current value.
  package var hasRecordedValue: Bool {
    switch self {
    case .unreadable, .valueNotRecorded, .stuckAtCreateNAD: false
    case .nothingToDo, .annotationsLost, .noCondition, .inProgress, .completed, .failed: true
    }
  }
}

extension SettingObject {
  /// Whether Harvester has recorded the hash of the value, which it does before anything else.
  var hasRecordedHash: Bool {
    guard case .text(let value) = value else { return false }
    return ValueHash(of: value).matches(annotations?.hash ?? "")
  }

  fileprivate var isUntouched: Bool {
    value == .text([]) && (annotations ?? SettingAnnotations()) == SettingAnnotations()
  }
}
