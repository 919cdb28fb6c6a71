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
    for (node, text) in status { config.add(text, of: node, isApplied: true) }
    config.addresses.sort { ($0.address, $0.node) < ($1.address, $1.node) }
    return config
  }

  private mutating func readHostNetworkSpec(into config: inout HostNetworkFact) throws(JSONError) {
    var listed: [String: String] = [:]
    try readMembers { key, reader throws(JSONError) in
      if key.equals("clusterNetwork") {
        config.clusterNetwork = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("vlanID") {
        config.vlan = try reader.readIntegerIfPresent() ?? 0
      } else if key.equals("mode") {
        config.isDynamic = try reader.readStringIfPresent()?.string == "dhcp"
      } else if key.equals("ips") {
        listed.merge(try reader.readTextsByKey()) { _, last in last }
      } else if key.equals("hostMultiFamilyIPs") {
        listed.merge(try reader.readTextsByKey(under: "ipv4")) { _, last in last }
      } else if key.equals("nodeSelector") {
        config.selector = LabelSelectorFact(try reader.readValue())
      }
    }
    // With DHCP, addresses that were listed before have no effect.
    if config.isDynamic { return }
    for (node, text) in listed { config.add(text, of: node) }
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

extension LabelSelectorFact {
  /// Nil where there is none.
  fileprivate init?(_ selector: JSONValue) {
    guard case .object = selector else { return nil }
    self.init()
    if case .object(let labels)? = selector["matchLabels"] {
      requirements += labels.map { label in
        Requirement(key: label.key, comparison: "In", values: [label.value.string].compactMap(\.self))
      }
    }
    if case .array(let expressions)? = selector["matchExpressions"] {
      requirements += expressions.map { expression in
        var values: [String] = []
        if case .array(let texts)? = expression["values"] { values = texts.compactMap(\.string) }
        return Requirement(
          key: expression["key"]?.string ?? "", comparison: expression["operator"]?.string ?? "", values: values)
      }
    }
  }
}

extension HostNetworkFact {
  /// Adds an address with or without a prefix length.
  fileprivate mutating func add(_ text: String, of node: String, isApplied: Bool = false) {
    let cidr = try? CIDR(text)
    guard let address = cidr?.address ?? (try? IPv4Address(text)) else { return }
    if let index = addresses.firstIndex(where: { ($0.node, $0.address) == (node, address) }) {
      addresses[index].isApplied = addresses[index].isApplied || isApplied
    } else {
      addresses.append(HostAddress(node: node, address: address, isApplied: isApplied))
    }
    if let network = cidr?.network, !networks.contains(network) { networks.append(network) }
  }
}
