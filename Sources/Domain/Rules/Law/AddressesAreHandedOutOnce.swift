internal import Addressing

/// Two networks of the same VLAN with an address in common hand it out twice. The networks of Harvester's settings are
/// not asked here: the storage network's own is replaced, and the others are judged by their settings.
enum AddressesAreHandedOutOnce: Rule {
  static let demand = "No other network on the same VLAN hands out the same addresses."

  static func judge(_ plan: AddressPlan, _ world: World, _ findings: inout Findings) {
    guard let link = plan.link else { return }
    for attachment in world.facts.attachments
    where attachment.owner == nil && attachment.isOn(link.clusterNetwork, vlan: link.vlan) {
      guard let shared = attachment.handedOut?.intersection(plan.usable), let first = shared.first else { continue }
      findings.refuse(
        plan.entries.path(.range),
        """
        \(plan.range) shares \(shared.count.of("usable address")) with the network \(attachment.described) on the same \
        VLAN, beginning with \(first), and Whereabouts would hand them out twice; choose another range or VLAN
        """)
    }
  }
}
