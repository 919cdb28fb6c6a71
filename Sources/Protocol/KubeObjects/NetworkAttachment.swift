internal import Addressing
package import JSON
package import Rules

extension JSONReader {
  /// Reads a `NetworkAttachmentDefinition` (k8s.cni.cncf.io/v1), whose configuration is JSON in a string.
  package mutating func readNetworkAttachment() throws(JSONError) -> NetworkAttachmentFact {
    var metadata = Metadata()
    var configuration = ""
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        metadata = try reader.readMetadata()
      } else if key.equals("spec") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("config") { configuration = try reader.readStringIfPresent()?.string ?? "" }
        }
      }
    }
    var attachment = NetworkAttachmentFact()
    attachment.apply(metadata)
    // An invalid configuration attaches no pod.
    if let value = try? JSONValue(parsing: Array(configuration.utf8)) { attachment.apply(configuration: value) }
    return attachment
  }
}

extension NetworkAttachmentFact {
  fileprivate mutating func apply(_ metadata: Metadata) {
    namespace = metadata.namespace
    name = metadata.name
    owner = Owner(metadata)
    isOverlay = metadata.labels["network.harvesterhci.io/type"]?.lowercased() == "overlaynetwork"
    clusterNetwork = metadata.labels["network.harvesterhci.io/clusternetwork"] ?? ""
    route = metadata.annotations["network.harvesterhci.io/route"].flatMap(RouteFact.init(annotation:))
  }

  /// Applies a CNI configuration, or a list of them under `plugins` (CNI specification, section 1).
  fileprivate mutating func apply(configuration: JSONValue) {
    if case .array(let plugins)? = configuration["plugins"] {
      for plugin in plugins { apply(plugin: plugin) }
    } else {
      apply(plugin: configuration)
    }
  }

  private mutating func apply(plugin: JSONValue) {
    // Harvester derives the name of a cluster network's bridge from its name.
    if let bridge = plugin["bridge"]?.string, bridge.hasSuffix("-br") { clusterNetwork = String(bridge.dropLast(3)) }
    if let vlan = plugin["vlan"]?.integer { self.vlan = vlan }
    if let mtu = plugin["mtu"]?.integer, mtu > 28 { self.mtu = mtu }
    if case .array(let entries)? = plugin["vlanTrunk"] { trunk += entries.flatMap(\.trunkRanges) }
    if let ipam = plugin["ipam"] { apply(ipam: ipam) }
  }

  private mutating func apply(ipam: JSONValue) {
    switch ipam["type"]?.string {
    case "whereabouts":
      ranges += WhereaboutsRanges.ranges(of: ipam)
      allocatable = ranges.reduce(AddressSet()) { $0.union($1.addresses) }
      reservationScope = WhereaboutsRanges.reservationScope(of: ipam)
    case "host-local": otherAddresses = otherAddresses.union(HostLocalRanges.addresses(of: ipam))
    case "static": otherAddresses = otherAddresses.union(StaticAddresses.addresses(of: ipam))
    default: break
    }
  }
}

extension NetworkAttachmentFact.Owner {
  /// Harvester annotates the networks that it creates for its settings; those of the storage network also have a
  /// recognizable name.
  fileprivate init?(_ metadata: Metadata) {
    func isMarked(_ setting: String) -> Bool { metadata.annotations["\(setting).settings.harvesterhci.io"] == "true" }
    if isMarked("storage-network")
      || metadata.namespace == "harvester-system" && metadata.name.hasPrefix("storagenetwork-")
    {
      self = .storageNetwork
    } else if isMarked("rwx-network") {
      self = .rwxNetwork
    } else if isMarked("vm-migration-network") {
      self = .vmMigrationNetwork
    } else {
      return nil
    }
  }
}

extension RouteFact {
  fileprivate init?(annotation: String) {
    guard let value = try? JSONValue(parsing: Array(annotation.utf8)) else { return nil }
    // Harvester marks the route of an earlier VLAN until it has asked the DHCP server again.
    if case .bool(true)? = value["outdated"] { return nil }
    self.init(
      network: value["cidr"]?.string.flatMap { try? CIDR($0).network },
      gateway: value["gateway"]?.address, server: value["serverIPAddr"]?.address)
  }
}

extension JSONValue {
  /// The VLANs of `{"id":5}`, `{"minID":5,"maxID":9}`, or both in one entry, as in the bridge plugin.
  fileprivate var trunkRanges: [ClosedRange<Int>] {
    var ranges: [ClosedRange<Int>] = []
    if let id = self["id"]?.integer { ranges.append(id...id) }
    if let least = self["minID"]?.integer, let most = self["maxID"]?.integer, least <= most {
      ranges.append(least...most)
    }
    return ranges
  }
}
