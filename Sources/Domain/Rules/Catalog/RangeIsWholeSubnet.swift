internal import Addressing

/// A range that is a part of a subnet gives the pods the mask of the part, so they have no route to the rest of the subnet
/// (harvester/harvester#9901). The whole subnet with the rest excluded hands out the same addresses with the right mask.
enum RangeIsWholeSubnet: Rule {
  static let requirement = "The range is not only part of a VM network's subnet."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let segment = plan.segment else { return }
    for attachment in context.facts.attachments where attachment.isVMNetwork && attachment.isOn(segment) {
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
    guard let exclusions = exclusions(in: subnet, plan, context) else { return ["\(problem); choose another VLAN"] }
    let advice = "set the range \(subnet) and"
    let line = "\(problem); \(advice) exclude \(exclusions.englishList)"
    if exclusions.count <= NameList.limit, line.utf8.count <= Warning.maxLength { return [line] }
    let start = "\(plan.fields.path(.range)): \(advice) "
    return [problem]
      + Warning.lines(of: exclusions, after: "\(start)exclude ", thenAfter: "\(start)also exclude ")
  }

  /// What is to be excluded of the subnet so that the range is left, without what others use of it; nil where the rules
  /// refuse the subnet.
  private static func exclusions(
    in subnet: IPv4Prefix, _ plan: AddressPlan, _ context: EvaluationContext
  ) -> [String]? {
    var rest = AddressSet(subnet.addresses)
    rest.subtract(plan.range)
    let exclusions = rest.networks() + (plan.demandedExclusions(context) ?? [])
    guard plan.fields.accepts(subnet, excluding: exclusions + plan.exclusions, in: context) else { return nil }
    return exclusions.map(\.description)
  }
}
