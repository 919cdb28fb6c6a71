internal import Addressing

/// Two networks of one VLAN with an address in common hand it out twice, unless Whereabouts serves both and checks
/// the reservations of both. Networks of Harvester's settings are left out: the storage network's own is replaced, and
/// NoOverlapWithOtherSettings covers the others.
enum NoOverlapOnSameVLAN: Rule {
  static let requirement = "No other network on the same VLAN hands out the same addresses."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let link = plan.link else { return }
    for attachment in context.facts.attachments where attachment.owner == nil && attachment.isOn(link) {
      var others = attachment.otherAddresses
      if !attachment.checksReservations, let allocatable = attachment.allocatable { others = others.union(allocatable) }
      if others.isEmpty { continue }
      let shared = others.intersection(plan.usable)
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
