internal import JSON

/// A Longhorn volume that is attached, attaching or detaching.
package struct VolumeFact: Sendable, Equatable {
  /// The owner of a pod according to Longhorn: `StatefulSet`, `ReplicaSet`, `Job`; `Pod` for a pod without one.
  package struct Workload: Sendable, Equatable {
    package let kind: String
    package let name: String

    package init(kind: String, name: String) {
      self.kind = kind
      self.name = name
    }
  }

  package var name: String
  /// Longhorn's name of the state.
  package var state: String
  package var node: String
  /// The namespace of the claim and of the pods; empty if the volume has never been claimed.
  package var namespace: String
  package var claim: String
  package var pods: [String]
  package var workloads: [Workload]

  package init(
    name: String, state: String, node: String = "", namespace: String = "", claim: String = "", pods: [String] = [],
    workloads: [Workload] = []
  ) {
    self.name = name
    self.state = state
    self.node = node
    self.namespace = namespace
    self.claim = claim
    self.pods = pods
    self.workloads = workloads
  }

  /// Whether only pods of virtual machines use it, so that stopping the machines detaches it (KubeVirt names its pods
  /// `virt-launcher-MACHINE-…`).
  package var isHeldOnlyByVMs: Bool { !pods.isEmpty && pods.allSatisfy { $0.hasPrefix("virt-launcher-") } }
}

extension VolumeFact {
  package var isDetaching: Bool { state.isExactly("detaching") }

  /// The commands that stop the pods by way of their controllers.
  package var stopCommands: [String] {
    guard !pods.isEmpty else { return [] }
    let kubectl = "kubectl -n \(namespace)"
    if workloads.isEmpty { return ["\(kubectl) delete pod \(pods.prefix(NameList.limit).joined(separator: " "))"] }
    return workloads.map { workload in
      switch workload.kind {
      case "StatefulSet", "Deployment":
        "\(kubectl) scale \(workload.kind.lowercased()) \(workload.name) --replicas=0"
      case "ReplicaSet":
        if let deployment = workload.deployment {
          "\(kubectl) scale deployment \(deployment) --replicas=0"
        } else {
          "\(kubectl) scale replicaset \(workload.name) --replicas=0"
        }
      default:
        "\(kubectl) delete \(workload.kind.lowercased()) \(workload.name)"
      }
    }
  }
}

extension VolumeFact.Workload {
  /// A Deployment names its ReplicaSets after itself and a hash of up to ten letters without vowels
  /// (k8s.io/apimachinery, pkg/util/rand); nil where the name has no such end.
  fileprivate var deployment: String? {
    guard let dash = name.lastIndex(of: "-"), dash > name.startIndex else { return nil }
    let hash = name[dash...].dropFirst()
    let letters = "bcdfghjklmnpqrstvwxz2456789"
    return (1...10).contains(hash.count) && hash.allSatisfy(letters.contains) ? String(name[..<dash]) : nil
  }
}
