/// A VLAN of a cluster network: one broadcast domain (layer 2 segment).
package struct VLANSegment: Sendable, Equatable {
  package let clusterNetwork: String
  /// 0 for untagged.
  package let vlan: Int

  package var described: String { "\(clusterNetwork), \(vlan == 0 ? "untagged" : "VLAN \(vlan)")" }
}

extension ProposedNetwork {
  /// The broadcast domain of the network; nil if the cluster network or the VLAN is invalid.
  var segment: VLANSegment? {
    guard let clusterNetwork = clusterNetwork.value, !clusterNetwork.isEmpty else { return nil }
    switch vlan {
    case .wrongType: return nil
    case .absent: return VLANSegment(clusterNetwork: clusterNetwork, vlan: 0)
    case .value(let vlan): return VLANSegment(clusterNetwork: clusterNetwork, vlan: vlan)
    }
  }
}
