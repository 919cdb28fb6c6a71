internal import Addressing

/// A range that is a part of a subnet gives the pods the mask of the part, so they have no route to the rest of the subnet
/// (harvester/harvester#9901). The whole subnet with the rest excluded hands out the same addresses with the right mask.
enum RangeIsWholeSubnet: Rule {
  static let requirement = "The range is not only part of a VM network's subnet."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let link = plan.link else { return }
    for attachment in context.facts.attachments where attachment.isVMNetwork && attachment.isOn(link) {
      guard let subnet = attachment.route?.network, subnet != plan.range, subnet.contains(plan.range) else { continue }
      findings.addWarnings(warnings(plan, subnet, of: attachment, context))
    }
  }

  private static func warnings(
    _ plan: AddressPlan, _ subnet: IPv4Prefix, of attachment: NetworkAttachmentFact, _ context: EvaluationContext
  ) -> [String] {
    let name = attachment.described.truncated(to: Warning.maxNameLength / 2)
    let problem = """
      \(plan.fields.path(.range)): \(plan.range) is a part of \(subnet), the subnet of the VM network \(name) on this \
      VLAN, so pods would have the wrong mask
      """
    guard let rest = rest(of: subnet, plan, context) else { return ["\(problem); choose another VLAN"] }
    if rest.count > mostInOneLine {
      return ["\(problem); set the range \(subnet) and exclude the rest"]
        + plan.warnings(toExclude: rest, after: "with the range \(subnet), ")
    }
    return ["\(problem); set the range \(subnet) and exclude \(rest.map(\.description).englishList)"]
  }

  private static let mostInOneLine = 4

  /// What is to be excluded of the subnet so that the range is left; nil where the rules refuse the subnet.
  private static func rest(
    of subnet: IPv4Prefix, _ plan: AddressPlan, _ context: EvaluationContext
  ) -> [IPv4Prefix]? {
    var rest = AddressSet(subnet.addresses)
    rest.subtract(plan.range)
    let networks = rest.networks()
    // Other rules say what is to be excluded of the range itself.
    let others = plan.exclusions + (plan.demandedExclusions(context) ?? [])
    return plan.fields.accepts(subnet, excluding: networks + others, in: context) ? networks : nil
  }
}
