internal import Addressing

/// A range that is a part of a subnet gives the pods the mask of the part, so they have no route to the rest of the subnet
/// (harvester/harvester#9901). The whole subnet with the rest excluded hands out the same addresses with the right mask.
enum RangeIsWholeSubnet: Rule {
  static let requirement = "The range is not only part of a VM network's subnet."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let link = plan.link else { return }
    for attachment in context.facts.attachments where attachment.isVMNetwork && attachment.isOn(link) {
      guard let subnet = attachment.route?.network, subnet != plan.range, subnet.contains(plan.range) else { continue }
      let name = attachment.described.truncated(to: Warning.maxNameLength / 2)
      findings.addWarning(
        """
        \(plan.fields.path(.range)): \(plan.range) is a part of \(subnet), the subnet of the VM network \(name) on this \
        VLAN, so pods would have the wrong mask\(advice(plan, subnet, context))
        """)
    }
  }

  private static func advice(_ plan: AddressPlan, _ subnet: IPv4Prefix, _ context: EvaluationContext) -> String {
    var rest = AddressSet(subnet.addresses)
    rest.subtract(plan.range)
    let exclusions = rest.networks()
    guard plan.fields.accepts(subnet, excluding: exclusions + plan.exclusions, in: context) else { return "" }
    let texts = exclusions.map(\.description)
    return texts.count > 4
      ? "; set the range \(subnet) and exclude the rest" : "; set the range \(subnet) and exclude \(texts.englishList)"
  }
}
