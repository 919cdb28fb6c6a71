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
  /// Whether a DHCP server on the VLAN gives the addresses; what is known of them are the present leases.
  package var isDynamic = false
  /// In the order of addresses.
  package var addresses: [HostAddress] = []
  /// The networks that the addresses are written with.
  package var networks: [IPv4Prefix] = []

  package init() {}

  func isOn(_ link: Link) -> Bool {
    max(vlan, 1) == max(link.vlan, 1) && clusterNetwork.isExactly(link.clusterNetwork)
  }
}
