package import Addressing
internal import JSON

/// A HostNetworkConfig (network.harvesterhci.io/v1beta1, from Harvester v1.8 on): addresses of the hosts themselves on a
/// VLAN of a cluster network.
package struct HostNetworkFact: Sendable, Equatable {
  package struct HostAddress: Sendable, Equatable {
    package let node: String
    package let address: IPv4Address

    package init(node: String, address: IPv4Address) {
      self.node = node
      self.address = address
    }
  }

  package var name = ""
  package var clusterNetwork = ""
  package var vlan = 0
  /// Whether the addresses come from a DHCP server on the VLAN; only the present leases are known.
  package var isDynamic = false
  /// Sorted by address.
  package var addresses: [HostAddress] = []
  /// Static addresses of nodes that the node selector does not match now.
  package var unselectedAddresses: [HostAddress] = []
  /// Nil for all nodes.
  package var selector: LabelSelectorFact?
  /// The networks of the addresses.
  package var networks: [IPv4Prefix] = []

  package init() {}

  /// The same with the addresses of nodes that the selector does not match apart. The labels of a node that is not known may
  /// match.
  package func selecting(from nodes: [NodeFact]) -> HostNetworkFact {
    guard let selector, !isDynamic else { return self }
    let unmatched = Set(nodes.lazy.filter { !selector.matches($0.labels) }.map(\.name))
    var config = self
    config.addresses = addresses.filter { !unmatched.contains($0.node) }
    config.unselectedAddresses = addresses.filter { unmatched.contains($0.node) }
    return config
  }

  func isOn(_ segment: VLANSegment) -> Bool {
    max(vlan, 1) == max(segment.vlan, 1) && clusterNetwork.isExactly(segment.clusterNetwork)
  }
}
