/// A Longhorn volume that is attached, attaching or detaching.
package struct VolumeFact: Sendable, Equatable {
  package var name: String
  /// Longhorn's word for the state.
  package var state: String
  package var node: String
  /// The namespace of the claim and of the pods; empty where the volume has never been claimed.
  package var namespace: String
  package var claim: String
  package var pods: [String]

  package init(
    name: String, state: String, node: String = "", namespace: String = "", claim: String = "", pods: [String] = []
  ) {
    self.name = name
    self.state = state
    self.node = node
    self.namespace = namespace
    self.claim = claim
    self.pods = pods
  }

  /// Whether only pods of virtual machines hold it, so that stopping the machines frees it (KubeVirt names its pods
  /// `virt-launcher-MACHINE-…`).
  var isHeldOnlyByVMs: Bool { !pods.isEmpty && pods.allSatisfy { $0.hasPrefix("virt-launcher-") } }
}
