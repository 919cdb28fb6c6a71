internal import Addressing

/// A gateway on the same VLAN whose address a pod gets as well serves its virtual machines no more.
enum GatewayIsExcluded: Rule {
  static let demand = "No gateway of a VM network on the same VLAN can be handed out."

  static func judge(_ plan: AddressPlan, _ world: World, _ findings: inout Findings) {
    guard let link = plan.link else { return }
    for attachment in world.facts.attachments
    where attachment.isVMNetwork && attachment.isOn(link.clusterNetwork, vlan: link.vlan) {
      guard let gateway = attachment.route?.gateway, plan.usable.contains(gateway) else { continue }
      findings.warn(
        """
        \(plan.entries.path(.exclude)): \(gateway) is the gateway of the VM network \
        \(attachment.described.cut(to: Warning.longestName)) on the same VLAN, and a pod may get it; exclude \(gateway)/32
        """)
    }
  }
}
