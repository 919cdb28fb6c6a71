package import JSON
package import Rules

extension JSONReader {
  /// Reads a `ClusterNetwork` (network.harvesterhci.io/v1beta1).
  package mutating func readClusterNetwork() throws(JSONError) -> ClusterNetworkCondition {
    var network = ClusterNetworkCondition(name: "")
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        network.name = try reader.readMetadata().name
      } else if key.equals("status") {
        network.isReady = try reader.readReadiness()
      }
    }
    return network
  }

  /// Reads a `VlanConfig` (network.harvesterhci.io/v1beta1).
  ///
  /// Its cluster network is the one of the spec; the label with the same meaning may be missing or outdated. Its nodes
  /// are a JSON list in an annotation of the network controller; without a valid one it matches no node.
  package mutating func readVLANConfig() throws(JSONError) -> VLANConfigFact {
    var config = VLANConfigFact(clusterNetwork: "", nodes: [])
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        let metadata = try reader.readMetadata()
        config.name = metadata.name
        config.nodes = metadata.annotations["network.harvesterhci.io/matched-nodes"].map(strings) ?? []
      } else if key.equals("spec") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("clusterNetwork") {
            config.clusterNetwork = try reader.readStringIfPresent()?.string ?? ""
          } else if key.equals("uplink") {
            config.mtu = try reader.readMTU() ?? VLANConfigFact.defaultMTU
          }
        }
      }
    }
    return config
  }

  /// Reads the MTU of an uplink; nil without one.
  private mutating func readMTU() throws(JSONError) -> Int? {
    var mtu: Int?
    try readMembers { key, reader throws(JSONError) in
      guard key.equals("linkAttributes") else { return }
      try reader.readMembers { key, reader throws(JSONError) in
        if key.equals("mtu") { mtu = try reader.readIntegerIfPresent() }
      }
    }
    return mtu.flatMap { $0 > 0 ? $0 : nil }
  }

  /// Reads a `VlanStatus` (network.harvesterhci.io/v1beta1).
  package mutating func readVLANStatus() throws(JSONError) -> VLANStatusFact {
    var status = VLANStatusFact(clusterNetwork: "", node: "", isReady: false)
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") { status.name = try reader.readMetadata().name }
      guard key.equals("status") else { return }
      try reader.readMembers { key, reader throws(JSONError) in
        if key.equals("clusterNetwork") {
          status.clusterNetwork = try reader.readStringIfPresent()?.string ?? ""
        } else if key.equals("node") {
          status.node = try reader.readStringIfPresent()?.string ?? ""
        } else if key.equals("conditions") {
          let conditions = try reader.readConditions()
          (status.isReady, status.message) = (conditions.isReady ?? false, conditions.problem)
        }
      }
    }
    return status
  }

  /// Reads the condition `ready` of a status; nil without one.
  private mutating func readReadiness() throws(JSONError) -> Bool? {
    var isReady: Bool?
    try readMembers { key, reader throws(JSONError) in
      if key.equals("conditions") { isReady = try reader.readConditions().isReady }
    }
    return isReady
  }
}

/// Returns the strings of a JSON array in an annotation.
private func strings(of text: String) -> [String] {
  guard case .array(let elements)? = try? JSONValue(parsing: Array(text.utf8)) else { return [] }
  return elements.compactMap(\.string)
}
