package import Addressing
internal import JSON

/// A HostNetworkConfig (network.harvesterhci.io/v1beta1, from Harvester v1.8 on): addresses of the hosts themselves on a
/// VLAN of a cluster network.
package struct HostNetworkFact: Sendable, Equatable {
  package struct HostAddress: Sendable, Equatable {
    package let node: String
    package let address: IPv4Address
    /// Whether the node has it now, by the status.
    package var isApplied: Bool

    package init(node: String, address: IPv4Address, isApplied: Bool = false) {
      self.node = node
      self.address = address
      self.isApplied = isApplied
    }
  }

  package var name = ""
  package var clusterNetwork = ""
  package var vlan = 0
  /// Whether the addresses come from a DHCP server on the VLAN; only the present leases are known.
  package var isDynamic = false
  /// Sorted by address.
  package var addresses: [HostAddress] = []
  /// Static addresses of nodes that the node selector does not match now, and that no node has.
  package var unselectedAddresses: [HostAddress] = []
  /// Nil for all nodes.
  package var selector: LabelSelectorFact?
  /// The networks of the addresses.
  package var networks: [IPv4Prefix] = []

  package init() {}

  /// The same with the addresses of nodes that the selector does not match apart. An address that its node has now stays in
  /// use whatever the labels. The labels of a node that is not known may match.
  package func selecting(from nodes: [NodeFact]) -> HostNetworkFact {
    guard let selector, !isDynamic else { return self }
    let unmatched = Set(nodes.lazy.filter { !selector.matches($0.labels) }.map(\.name))
    var config = self
    config.addresses = addresses.filter { $0.isApplied || !unmatched.contains($0.node) }
    config.unselectedAddresses = addresses.filter { !$0.isApplied && unmatched.contains($0.node) }
    return config
  }

  func isOn(_ segment: VLANSegment) -> Bool {
    segment.carries(clusterNetwork: clusterNetwork, vlan: vlan)
  }
}
