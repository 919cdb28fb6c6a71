package import Addressing
package import KubeObjects

/// One of Longhorn's pods, and whether it is on the right network.
package struct PodReport: Sendable, Equatable {
  package enum Verdict: Sendable, Equatable {
    case ok
    /// Expected to recover without intervention.
    case waiting(String)
    /// On another network, but Harvester or Longhorn has not reached its restart yet.
    case pendingRestart
    /// Its node is unavailable; the pod recovers with the node.
    case nodeUnavailable(String)
    /// Cannot start, and does not recover without intervention.
    case blocked(String)
    case misplaced(String)
    /// Has the same address as another pod.
    case duplicateAddress(String)
  }

  package let pod: InspectedPod
  /// The interface of its storage traffic; nil while it has none.
  package let interface: InspectedPod.Interface?
  /// Its address on the storage network; nil without one.
  package let address: IPv4Address?
  package internal(set) var verdict: Verdict

  /// Longhorn's label; the pods of the CSI plugin have none.
  package var component: String { pod.component.isEmpty && pod.isCSIPlugin ? "csi-plugin" : pod.component }
}

extension PodReport.Verdict {
  package var reason: String? {
    switch self {
    case .ok: nil
    case .pendingRestart: "has yet to move"
    case .waiting(let reason), .nodeUnavailable(let reason), .blocked(let reason), .misplaced(let reason),
      .duplicateAddress(let reason):
      reason
    }
  }

  var isFailed: Bool {
    switch self {
    case .misplaced, .duplicateAddress, .blocked: true
    case .ok, .waiting, .pendingRestart, .nodeUnavailable: false
    }
  }
}
