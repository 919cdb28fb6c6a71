package import Addressing
package import Rules

/// Addresses that are in use, and their owner.
package struct AddressOwner: Sendable, Equatable {
  package let addresses: AddressSet
  /// For example `node harvester-node-0`.
  package let owner: String
  /// For which pods Whereabouts keeps them, nil for none: it hands out none of these, so they conflict with nothing and
  /// only reduce the range.
  package let keeper: Keeper?

  package enum Keeper: Sendable, CaseIterable {
    case gonePods
    /// Not Longhorn's; whether they exist is not known.
    case otherPods
  }

  package init(_ addresses: AddressSet, _ owner: String, keptFor keeper: Keeper? = nil) {
    self.addresses = addresses
    self.owner = owner
    self.keeper = keeper
  }

  init(_ network: IPv4Prefix, _ owner: String) {
    self.init(AddressSet(network.addresses), owner)
  }
}

extension AddressOwner {
  /// Returns all owners that the cluster and the options name, in the order in which a conflict is explained.
  package static func all(in facts: ClusterFacts, _ options: RulesetOptions) -> [AddressOwner] {
    reserved(options) + ofPods(facts) + ofNodes(facts) + ofHosts(facts) + ofOtherSettings(facts) + ofAttachments(facts)
      + ofDHCP(facts) + reservedByWhereabouts(facts)
  }

  private static func reserved(_ options: RulesetOptions) -> [AddressOwner] {
    options.reservedRanges.map { AddressOwner($0.network, $0.purpose) }
  }

  private static func ofPods(_ facts: ClusterFacts) -> [AddressOwner] {
    facts.nodes.flatMap { node in node.podNetworks.map { AddressOwner($0, "the pods of node \(node.name)") } }
      + facts.serviceNetworks.map { AddressOwner($0.network, "the services of ServiceCIDR \($0.name)") }
  }

  private static func ofNodes(_ facts: ClusterFacts) -> [AddressOwner] {
    facts.nodes.flatMap { node in
      node.addresses.map { AddressOwner(AddressSet(AddressInterval($0, $0)), "node \(node.name)") }
    }
  }

  /// The virtual IP, and the addresses of hosts in HostNetworkConfigs, also those that a label brings back at any time.
  private static func ofHosts(_ facts: ClusterFacts) -> [AddressOwner] {
    let virtual = facts.virtualAddress.map { [AddressOwner(AddressSet([$0]), "the cluster's virtual IP")] } ?? []
    return virtual
      + facts.hostNetworks.flatMap { config in
        (config.addresses + config.unselectedAddresses).map { host in
          AddressOwner(AddressSet([host.address]), "node \(host.node) (HostNetworkConfig \(config.name))")
        }
      }
  }

  private static func ofDHCP(_ facts: ClusterFacts) -> [AddressOwner] {
    facts.dhcpPools.map { AddressOwner($0.allAddresses, "managed DHCP pool \($0.namespace)/\($0.name)") }
  }

  private static func reservedByWhereabouts(_ facts: ClusterFacts) -> [AddressOwner] {
    let entries = facts.reservations.entries
    if entries.count > maxReservedOwners {
      return Keeper.allCases.map { keeper in
        AddressOwner(
          AddressSet(entries.filter { $0.keeper == keeper }.map(\.address)), keeper.described, keptFor: keeper)
      }
    }
    return entries.map { entry in
      let pod = entry.pod.isEmpty ? "a pod that is not named" : "pod \(entry.pod)"
      let owner = entry.isOfLonghorn ? "\(entry.pod), a pod that is gone" : pod
      return AddressOwner(AddressSet([entry.address]), owner, keptFor: entry.keeper)
    }
  }

  /// With more owners than this, one entry stands for all.
  private static let maxReservedOwners = 256

  private static func ofOtherSettings(_ facts: ClusterFacts) -> [AddressOwner] {
    facts.otherSettingNetworks.map { AddressOwner($0.usable, $0.setting) }
  }

  private static func ofAttachments(_ facts: ClusterFacts) -> [AddressOwner] {
    facts.attachments.filter { $0.owner == nil }.flatMap { attachment in
      let name = "network \(attachment.reference)"
      return [attachment.allocatable.map { AddressOwner($0, name) }].compactMap(\.self)
        + (attachment.otherAddresses.isEmpty ? [] : [AddressOwner(attachment.otherAddresses, name)])
        + [attachment.route?.network.map { AddressOwner($0, name) }].compactMap(\.self)
    }
  }
}

extension AddressOwner.Keeper {
  var described: String {
    switch self {
    case .gonePods: "pods that are gone"
    case .otherPods: "pods that are not Longhorn's"
    }
  }
}

extension ReservationFacts.Entry {
  fileprivate var keeper: AddressOwner.Keeper { isOfLonghorn ? .gonePods : .otherPods }
}
