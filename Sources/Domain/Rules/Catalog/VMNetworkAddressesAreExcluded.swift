internal import Addressing

/// A VM network with the same subnet has machines and often a DHCP server, whose addresses are not known.
enum VMNetworkAddressesAreExcluded: Rule {
  static let requirement = "No VM network on the same VLAN has the same subnet."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let link = plan.link else { return }
    let managed = Set(context.facts.dhcpPools.map(\.network))
    for attachment in context.facts.attachments
    where attachment.isVMNetwork && attachment.isOn(link) && attachment.route?.network == plan.range
      // DHCPPoolsAreExcluded reports their exact addresses.
      && !managed.contains(attachment.described)
    {
      let server = attachment.route?.server.flatMap { plan.usable.contains($0) ? $0 : nil }
      findings.addWarning(
        """
        \(plan.fields.path(.exclude)): the VM network \(attachment.described.truncated(to: Warning.maxNameLength)) has the subnet \
        \(plan.range) on this VLAN too; exclude the addresses of its machines\
        \(server.map { " and of its DHCP server, \($0)/32" } ?? " and of its DHCP server")
        """)
    }
  }
}
