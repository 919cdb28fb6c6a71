internal import Addressing

/// A gateway on the same VLAN whose address a pod gets as well serves its virtual machines no more.
enum GatewayIsExcluded: Rule {
  static let requirement = "No gateway of a VM network on the same VLAN can be handed out."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let link = plan.link else { return }
    for attachment in context.facts.attachments
    where attachment.isVMNetwork && attachment.isOn(link) {
      guard let gateway = attachment.route?.gateway, plan.usable.contains(gateway) else { continue }
      findings.addWarning(
        """
        \(plan.fields.path(.exclude)): \(gateway) is the gateway of the VM network \
        \(attachment.described.truncated(to: Warning.maxNameLength)) on the same VLAN, and a pod may get it; \
        \(plan.shortAdvice(toExclude: AddressSet([gateway]), context))
        """)
    }
  }
}
