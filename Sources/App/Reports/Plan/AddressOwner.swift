package import Addressing
package import Rules

/// Addresses that somebody has already, and who that is.
package struct AddressOwner: Sendable, Equatable {
  package let addresses: AddressSet
  /// Such as `node harvester-node-0`.
  package let owner: String

  package init(_ addresses: AddressSet, _ owner: String) {
    self.addresses = addresses
    self.owner = owner
  }

  init(_ network: IPv4Prefix, _ owner: String) {
    self.init(AddressSet(network.addresses), owner)
  }
}

extension AddressOwner {
  /// Everything that the cluster and the operator's options tell, in the order in which a collision is explained.
  package static func all(in facts: ClusterFacts, _ options: RulesetOptions) -> [AddressOwner] {
    reserved(options) + ofPods(facts) + ofNodes(facts) + ofOtherSettings(facts) + ofAttachments(facts)
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

  private static func ofOtherSettings(_ facts: ClusterFacts) -> [AddressOwner] {
    facts.otherSettingNetworks.map { AddressOwner($0.usable, $0.setting) }
  }

  private static func ofAttachments(_ facts: ClusterFacts) -> [AddressOwner] {
    facts.attachments.filter { $0.owner == nil }.flatMap { attachment in
      let name = "network \(attachment.reference)"
      return [attachment.allocatable.map { AddressOwner($0, name) }].compactMap(\.self)
        + [attachment.route?.network.map { AddressOwner($0, name) }].compactMap(\.self)
    }
  }
}
