internal import Rules

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

  init(_ condition: ConfiguredCondition) {
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

  var described: String {
    switch self {
    case .pending: "Harvester begins"
    case .creatingNetwork: "Harvester makes the network definition"
    case .stoppingPods: "Harvester stops what uses volumes"
    case .detachingVolumes: "Harvester waits until every volume is detached"
    case .updatingLonghorn: "Harvester updates Longhorn"
    case .restartingPods: "Harvester starts again what it stopped"
    case .allocating: "Harvester waits until Longhorn's pods have addresses"
    case .completed: "completed"
    }
  }

  var progress: Progress { Progress(done: rawValue, of: Self.allCases.count - 1) }
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

  init(of setting: SettingObject, to target: Target, longhornNetwork: String?) {
    if target == .unreadable {
      self = .unreadable
    } else if setting.isUntouched {
      self = (longhornNetwork ?? "").isEmpty ? .nothingToDo : .annotationsLost
    } else if !setting.hashIsCurrent {
      let isDefining = setting.configured.map { $0.isInProgress && HarvesterPhase($0) == .creatingNetwork } ?? false
      self = isDefining ? .stuckAtCreateNAD : .valueNotRecorded
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

  var phase: HarvesterPhase {
    switch self {
    case .unreadable, .valueNotRecorded, .stuckAtCreateNAD, .noCondition, .failed, .annotationsLost: .pending
    case .inProgress(let phase): phase
    case .nothingToDo, .completed: .completed
    }
  }

  /// Whether later steps may still show the previous state without an error.
  var isInProgress: Bool {
    switch self {
    case .valueNotRecorded, .stuckAtCreateNAD, .noCondition, .inProgress: true
    case .unreadable, .nothingToDo, .annotationsLost, .completed, .failed: false
    }
  }

  /// Whether the annotations are of the setting's current value.
  var hasRecordedValue: Bool {
    switch self {
    case .unreadable, .valueNotRecorded, .stuckAtCreateNAD: false
    case .nothingToDo, .annotationsLost, .noCondition, .inProgress, .completed, .failed: true
    }
  }
}

extension SettingObject {
  /// Harvester records the value's hash before it does anything else.
  fileprivate var hashIsCurrent: Bool {
    guard case .text(let value) = value else { return false }
    return annotations?.hash == ValueHash(of: value).description
  }

  fileprivate var isUntouched: Bool {
    value == .text([]) && (annotations ?? SettingAnnotations()) == SettingAnnotations()
  }
}

extension ConfiguredCondition {
  /// The message with its volumes sorted: Harvester lists them in a different order each time.
  var orderedMessage: String {
    guard HarvesterPhase(self) == .detachingVolumes, let colon = message.firstIndex(of: ":") else { return message }
    let volumes = message[message.index(after: colon)...].split { $0 == "," || $0 == " " }
    return "\(message[..<colon]): \(Set(volumes).sorted().joined(separator: ", "))"
  }
}
