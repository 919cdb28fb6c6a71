internal import Addressing
package import JSON
package import Rules

extension JSONReader {
  /// Reads a Kubernetes `Node` (v1).
  package mutating func readNode() throws(JSONError) -> NodeFact {
    var node = NodeFact(name: "")
    var isReady = true
    var isCordoned = false
    var isInMaintenance = false
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        let metadata = try reader.readMetadata(hasAllLabels: true)
        node.name = metadata.name
        node.labels = metadata.labels
        // Harvester sets the label to "true" and elsewhere only checks that it exists; "false" can only mean no
        // witness.
        node.isWitness = metadata.labels["node-role.harvesterhci.io/witness"].map { $0 != "false" } ?? false
        isInMaintenance = !(metadata.annotations["harvesterhci.io/maintain-status"] ?? "").isEmpty
      } else if key.equals("spec") {
        try reader.readNodeSpec(into: &node, &isCordoned)
      } else if key.equals("status") {
        try reader.readNodeStatus(into: &node, &isReady)
      }
    }
    node.outage = NodeFact.Outage(isInMaintenance: isInMaintenance, isReady: isReady, isCordoned: isCordoned)
    return node
  }

  private mutating func readNodeSpec(into node: inout NodeFact, _ isCordoned: inout Bool) throws(JSONError) {
    try readMembers { key, reader throws(JSONError) in
      if key.equals("podCIDRs") {
        node.podNetworks = try reader.readStrings().compactMap { try? CIDR($0).network }
      } else if key.equals("unschedulable") {
        isCordoned = try reader.readBoolIfPresent() ?? false
      }
    }
  }

  /// Reads addresses and readiness. A node without the condition `Ready` has no assessment yet and counts as ready.
  private mutating func readNodeStatus(into node: inout NodeFact, _ isReady: inout Bool) throws(JSONError) {
    try readMembers { key, reader throws(JSONError) in
      if key.equals("addresses") {
        node.addresses = try reader.readInternalAddresses()
      } else if key.equals("conditions") {
        isReady = try reader.readCondition(ofType: "Ready").map { $0.condition.status == "True" } ?? true
      }
    }
  }

  /// Reads internal addresses. Ignores IPv6 addresses, which cannot be in an IPv4 range.
  private mutating func readInternalAddresses() throws(JSONError) -> [IPv4Address] {
    var addresses: [IPv4Address] = []
    try readElements { reader throws(JSONError) in
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
    return addresses
  }

  /// Reads a `ServiceCIDR` (networking.k8s.io/v1), which may have an IPv4 and an IPv6 network.
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

  /// Reads one list of a spec. Ignores IPv6 networks, which cannot overlap an IPv4 range.
  private mutating func readIPv4Networks(listedAs list: StaticString) throws(JSONError) -> [IPv4Prefix] {
    var networks: [IPv4Prefix] = []
    try readMembers { key, reader throws(JSONError) in
      if key.equals(list) { networks = try reader.readStrings().compactMap { try? CIDR($0).network } }
    }
    return networks
  }
}
