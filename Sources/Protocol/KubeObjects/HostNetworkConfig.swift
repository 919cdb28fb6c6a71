internal import Addressing
package import JSON
package import Rules

extension JSONReader {
  /// Reads a `HostNetworkConfig` (network.harvesterhci.io/v1beta1). Ignores IPv6 addresses.
  package mutating func readHostNetworkConfig() throws(JSONError) -> HostNetworkFact {
    var config = HostNetworkFact()
    var status: [String: String] = [:]
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        config.name = try reader.readMetadata().name
      } else if key.equals("spec") {
        try reader.readHostNetworkSpec(into: &config)
      } else if key.equals("status") {
        status = try reader.readAppliedAddresses()
      }
    }
    // The current addresses of the nodes: leases, or addresses that the spec no longer has.
    for (node, text) in status { config.add(text, of: node) }
    config.addresses.sort { ($0.address, $0.node) < ($1.address, $1.node) }
    return config
  }

  private mutating func readHostNetworkSpec(into config: inout HostNetworkFact) throws(JSONError) {
    try readMembers { key, reader throws(JSONError) in
      if key.equals("clusterNetwork") {
        config.clusterNetwork = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("vlanID") {
        config.vlan = try reader.readIntegerIfPresent() ?? 0
      } else if key.equals("mode") {
        config.isDynamic = try reader.readStringIfPresent()?.string == "dhcp"
      } else if key.equals("ips") {
        for (node, text) in try reader.readTextsByKey() { config.add(text, of: node) }
      } else if key.equals("hostMultiFamilyIPs") {
        for (node, text) in try reader.readTextsByKey(under: "ipv4") { config.add(text, of: node) }
      }
    }
  }

  /// Reads `nodeStatus.NODE.network.ipv4`.
  private mutating func readAppliedAddresses() throws(JSONError) -> [String: String] {
    var addresses: [String: String] = [:]
    try readMembers { key, reader throws(JSONError) in
      guard key.equals("nodeStatus") else { return }
      try reader.readMembers { key, reader throws(JSONError) in
        let node = key.string
        addresses[node] = try reader.readTextsByKey(under: "ipv4")["network"]
      }
    }
    return addresses
  }

  /// Reads the texts of an object's members; with `under`, the texts of that member in each of them.
  private mutating func readTextsByKey(under inner: StaticString? = nil) throws(JSONError) -> [String: String] {
    var texts: [String: String] = [:]
    try readMembers { key, reader throws(JSONError) in
      let name = key.string
      guard let inner else {
        texts[name] = try reader.readStringIfPresent()?.string
        return
      }
      try reader.readMembers { key, reader throws(JSONError) in
        if key.equals(inner) { texts[name] = try reader.readStringIfPresent()?.string }
      }
    }
    return texts
  }
}

extension HostNetworkFact {
  /// Adds an address with or without a prefix length.
  fileprivate mutating func add(_ text: String, of node: String) {
    let cidr = try? CIDR(text)
    guard let address = cidr?.address ?? (try? IPv4Address(text)) else { return }
    let host = HostAddress(node: node, address: address)
    if !addresses.contains(host) { addresses.append(host) }
    if let network = cidr?.network, !networks.contains(network) { networks.append(network) }
  }
}
