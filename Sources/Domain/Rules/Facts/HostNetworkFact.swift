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
  /// The networks of the addresses.
  package var networks: [IPv4Prefix] = []

  package init() {}

  func isOn(_ link: Link) -> Bool {
    max(vlan, 1) == max(link.vlan, 1) && clusterNetwork.isExactly(link.clusterNetwork)
  }
}
