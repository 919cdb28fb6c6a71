internal import Addressing

/// A pod with the address of a gateway on the same VLAN cuts the virtual machines off from that gateway.
enum GatewayIsExcluded: Rule {
  static let requirement = "The range holds no gateway of a VM network on the same VLAN."

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
