internal import Addressing

/// Two networks of the same VLAN with an address in common hand it out twice. The networks of Harvester's settings are
/// not asked here: the storage network's own is replaced, and the others are judged by their settings.
enum NoOverlapOnSameVLAN: Rule {
  static let requirement = "No other network on the same VLAN hands out the same addresses."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let link = plan.link else { return }
    for attachment in context.facts.attachments
    where attachment.owner == nil && attachment.isOn(link.clusterNetwork, vlan: link.vlan) {
      guard let shared = attachment.allocatable?.intersection(plan.usable), let first = shared.first else { continue }
      findings.addViolation(
        plan.fields.path(.range), .invalid(plan.written),
        """
        must not share \(shared.count.counted("usable address")) with the network \(attachment.described) on the same \
        VLAN, beginning with \(first), and Whereabouts would hand them out twice; choose another range or VLAN
        """)
    }
  }
}
