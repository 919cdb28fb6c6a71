internal import JSON

/// A VLAN of a cluster network: one broadcast domain (layer 2 segment).
package struct VLANSegment: Sendable, Equatable {
  package let clusterNetwork: String
  /// 0 for untagged.
  package let vlan: Int

  /// Returns whether a network is on this segment. Harvester gives untagged networks the VLAN 1.
  func carries(clusterNetwork other: String, vlan otherVLAN: Int) -> Bool {
    max(vlan, 1) == max(otherVLAN, 1) && clusterNetwork.isExactly(other)
  }

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
