package import Addressing
package import KubeObjects

/// One of Longhorn's pods, and whether it is where it shall be.
package struct PodReport: Sendable, Equatable {
  package enum Verdict: Sendable, Equatable {
    case ok
    /// Gets there by itself, as far as can be seen.
    case waiting(String)
    /// Is on another network, but Harvester is not yet so far.
    case pendingRestart
    case misplaced(String)
    /// Has an address that another pod has too.
    case duplicateAddress(String)
  }

  package let pod: InspectedPod
  /// On the storage network; nil without one.
  package let address: IPv4Address?
  package internal(set) var verdict: Verdict

  /// - Parameter isUnderWay: Whether Harvester is still at work, so that pods may be where they were.
  static func all(_ pods: [InspectedPod], for target: Target, isUnderWay: Bool) -> [PodReport] {
    var reports = pods.filter { $0.carriesStorage && !$0.isOver }.map { PodReport($0, for: target) }
    for index in reports.indices where isUnderWay {
      if case .misplaced = reports[index].verdict { reports[index].verdict = .pendingRestart }
    }
    let owners = Dictionary(grouping: reports.indices.filter { reports[$0].address != nil }) { reports[$0].address }
    for (address, holders) in owners where holders.count > 1 {
      for index in holders {
        let others = holders.lazy.filter { $0 != index }.map { reports[$0].pod.name }
        let words = "\(address.map(\.description) ?? "") is also on \(others.joined(separator: ", "))"
        reports[index].verdict = .duplicateAddress(words)
      }
    }
    return reports
  }

  private init(_ pod: InspectedPod, for target: Target) {
    self.pod = pod
    address = pod.storageInterface?.addresses.lazy.compactMap { try? IPv4Address($0) }.first
    verdict = Verdict(on: pod, address, for: target)
  }
}

extension PodReport.Verdict {
  fileprivate init(on pod: InspectedPod, _ address: IPv4Address?, for target: Target) {
    if pod.isBeingDeleted {
      self = .waiting("is being removed")
    } else if pod.phase == "Failed" {
      self = .misplaced("has failed")
    } else if let interface = pod.storageInterface {
      self = Self.onNetwork(interface, address, of: pod, for: target)
    } else if !pod.isReady {
      self = .waiting("is not ready (\(pod.phase.isEmpty ? "no phase yet" : pod.phase))")
    } else if case .network = target {
      self = .misplaced("is not on the storage network")
    } else {
      self = .ok
    }
  }

  private static func onNetwork(
    _ interface: InspectedPod.Interface, _ address: IPv4Address?, of pod: InspectedPod, for target: Target
  ) -> Self {
    guard case .network(let network) = target, interface.network == network.definition else {
      return .misplaced("is still on \(interface.network.isEmpty ? "an unnamed network" : interface.network)")
    }
    guard let address else { return .misplaced("has no IPv4 address on the network") }
    guard network.range.contains(address) else { return .misplaced("has an address outside of \(network.range)") }
    guard network.usable.contains(address) else { return .misplaced("has an address that is excluded") }
    return pod.isReady ? .ok : .waiting("is not ready (\(pod.phase.isEmpty ? "no phase yet" : pod.phase))")
  }

  package var reason: String? {
    switch self {
    case .ok: nil
    case .pendingRestart: "has yet to move"
    case .waiting(let reason), .misplaced(let reason), .duplicateAddress(let reason): reason
    }
  }
}
