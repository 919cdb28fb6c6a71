internal import Addressing

/// Two networks of the same VLAN with an address in common hand it out twice, unless both are Whereabouts' and it looks at
/// the reservations of both. The networks of Harvester's settings are not asked here: the storage network's own is replaced,
/// and the others are judged by their settings.
enum NoOverlapOnSameVLAN: Rule {
  static let requirement = "No other network on the same VLAN hands out the same addresses."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let link = plan.link else { return }
    for attachment in context.facts.attachments where attachment.owner == nil && attachment.isOn(link) {
      var others = attachment.otherAddresses
      if !attachment.heedsReservations, let allocatable = attachment.allocatable { others = others.union(allocatable) }
      if others.isEmpty { continue }
      let shared = others.intersection(plan.usable)
      guard let first = shared.first else { continue }
      findings.addViolation(
        plan.fields.path(.range), .invalid(plan.written),
        """
        the network \(attachment.described) on the same VLAN gives \
        \(shared.count.counted("usable address")) of it to others, beginning with \(first), and Whereabouts would hand \
        \(shared.count == 1 ? "it" : "them") out a second time; \(plan.advice(toExclude: shared, context))
        """)
    }
  }
}
