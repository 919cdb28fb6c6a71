internal import Addressing
package import JSON
package import Rules

extension JSONReader {
  /// Reads a Kubernetes `Node` (v1).
  package mutating func readNode() throws(JSONError) -> NodeFact {
    var node = NodeFact(name: "")
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        let metadata = try reader.readMetadata()
        node.name = metadata.name
        // Harvester sets the label to "true" and elsewhere looks only for the label; nobody means "false" by it.
        node.isWitness = metadata.labels["node-role.harvesterhci.io/witness"].map { $0 != "false" } ?? false
      } else if key.equals("spec") {
        node.podNetworks = try reader.readIPv4Networks(listedAs: "podCIDRs")
      } else if key.equals("status") {
        node.addresses = try reader.readInternalAddresses()
      }
    }
    return node
  }

  /// IPv6 addresses cannot lie in an IPv4 range and are left out.
  private mutating func readInternalAddresses() throws(JSONError) -> [IPv4Address] {
    var addresses: [IPv4Address] = []
    try readMembers { key, reader throws(JSONError) in
      guard key.equals("addresses") else { return }
      try reader.readElements { reader throws(JSONError) in
        var type = ""
        var text = ""
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("type") {
            type = try reader.readStringIfPresent()?.string ?? ""
          } else if key.equals("address") {
            text = try reader.readStringIfPresent()?.string ?? ""
          }
        }
        if type == "InternalIP", let address = try? IPv4Address(text) { addresses.append(address) }
      }
    }
    return addresses
  }

  /// Reads a `ServiceCIDR` (networking.k8s.io/v1), which may list an IPv4 and an IPv6 network.
  package mutating func readServiceNetworks() throws(JSONError) -> [ServiceNetworkFact] {
    var name = ""
    var networks: [IPv4Prefix] = []
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        name = try reader.readMetadata().name
      } else if key.equals("spec") {
        networks = try reader.readIPv4Networks(listedAs: "cidrs")
      }
    }
    return networks.map { ServiceNetworkFact(name: name, network: $0) }
  }

  /// Reads one list of a spec; IPv6 networks in it cannot overlap an IPv4 range and are left out.
  private mutating func readIPv4Networks(listedAs list: StaticString) throws(JSONError) -> [IPv4Prefix] {
    var networks: [IPv4Prefix] = []
    try readMembers { key, reader throws(JSONError) in
      if key.equals(list) { networks = try reader.readStrings().compactMap { try? CIDR($0).network } }
    }
    return networks
  }
}
