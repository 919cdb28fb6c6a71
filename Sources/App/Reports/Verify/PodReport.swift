package import Addressing
package import KubeObjects

/// One of Longhorn's pods, and whether it is where it shall be.
package struct PodReport: Sendable, Equatable {
  package enum Verdict: Sendable, Equatable {
    case ok
    /// Gets there by itself, as far as can be seen.
    case waiting(String)
    /// Is on another network, but Harvester or Longhorn is not yet so far.
    case pendingRestart
    /// Its node is away; it gets there when the node is back.
    case nodeAway(String)
    /// Cannot start, and does not get there by itself.
    case blocked(String)
    case misplaced(String)
    /// Has an address that another pod has too.
    case duplicateAddress(String)
  }

  package let pod: InspectedPod
  /// The interface that its storage traffic takes; nil while it has none.
  package let interface: InspectedPod.Interface?
  /// On the storage network; nil without one.
  package let address: IPv4Address?
  package internal(set) var verdict: Verdict

  /// As Longhorn labels it; the pods of the CSI plugin have no such label.
  package var component: String { pod.component.isEmpty && pod.isCSIPlugin ? "csi-plugin" : pod.component }
}

extension PodReport.Verdict {
  package var reason: String? {
    switch self {
    case .ok: nil
    case .pendingRestart: "has yet to move"
    case .waiting(let reason), .nodeAway(let reason), .blocked(let reason), .misplaced(let reason),
      .duplicateAddress(let reason):
      reason
    }
  }

  var isBroken: Bool {
    switch self {
    case .misplaced, .duplicateAddress, .blocked: true
    case .ok, .waiting, .pendingRestart, .nodeAway: false
    }
  }
}
