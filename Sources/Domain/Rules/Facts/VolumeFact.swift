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
