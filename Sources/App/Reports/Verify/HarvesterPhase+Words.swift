internal import Rules

extension HarvesterPhase {
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

extension ConfiguredCondition {
  /// The message with its volumes sorted: Harvester lists them in a different order each time.
  var orderedMessage: String {
    guard HarvesterPhase(self) == .detachingVolumes, let colon = message.firstIndex(of: ":") else { return message }
    let volumes = message[message.index(after: colon)...].split { $0 == "," || $0 == " " }
    return "\(message[..<colon]): \(Set(volumes).sorted().joined(separator: ", "))"
  }
}
