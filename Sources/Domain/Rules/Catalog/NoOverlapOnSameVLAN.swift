internal import Addressing

/// Two networks of one VLAN with an address in common hand it out twice, unless Whereabouts serves both and checks
/// the reservations of both. Networks of Harvester's settings are left out: the storage network's own is replaced, and
/// NoOverlapWithOtherSettings covers the others.
enum NoOverlapOnSameVLAN: AddressConflictRule {
  static let requirement = "No other network on the same VLAN hands out the same addresses."

  static func conflicts(with plan: AddressPlan, in facts: borrowing ClusterFacts) -> AddressSet {
    others(on: plan.segment, in: facts).reduce(AddressSet()) { $0.union(shared(by: $1, plan)) }
  }

  private static func others(on segment: VLANSegment?, in facts: borrowing ClusterFacts) -> [NetworkAttachmentFact] {
    guard let segment else { return [] }
    return facts.attachments.filter { $0.owner == nil && $0.isOn(segment) }
  }

  private static func shared(by attachment: NetworkAttachmentFact, _ plan: AddressPlan) -> AddressSet {
    attachment.addressesHandedOutTwice(beside: plan.range).intersection(plan.usable)
  }

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    for attachment in others(on: plan.segment, in: context.facts) {
      let shared = shared(by: attachment, plan)
      guard let first = shared.first else { continue }
      findings.addViolation(
        plan.fields.path(.range), .invalid(plan.written),
        """
        must not share \(shared.count.counted("usable address")) with the network \(attachment.described) on the same \
        VLAN, beginning with \(first), because Whereabouts would hand \(shared.count == 1 ? "it" : "them") out a second \
        time; \(plan.advice(toExclude: shared, context))
        """)
    }
  }
}
