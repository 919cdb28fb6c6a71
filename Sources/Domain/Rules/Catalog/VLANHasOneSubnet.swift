internal import Addressing

/// Two IP networks on one VLAN receive each other's broadcasts; usually the VLAN is a mistake.
enum VLANHasOneSubnet: Rule {
  static let requirement = "No VM network on the same VLAN has another IP network."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let segment = plan.segment else { return }
    for attachment in context.facts.attachments
    where attachment.isVMNetwork && attachment.isOn(segment) {
      guard let network = attachment.route?.network, network != plan.range,
        // RangeIsWholeSubnet covers a range inside the network, VMNetworkAddressesAreExcluded a network inside the range.
        !network.overlaps(plan.range)
      else { continue }
      findings.addWarning(
        """
        \(plan.fields.path(.vlan)): the VM network \(attachment.described.truncated(to: Warning.maxNameLength)) is on the \
        same VLAN with \(network), another network than \(plan.range); check the VLAN
        """)
    }
  }
}
