internal import Addressing

/// Whereabouts checks the reservations of every network, so networks of Harvester's settings that share addresses exhaust
/// them sooner. This is denied because both ranges are set for Harvester alone and can be kept apart.
enum NoOverlapWithOtherSettings: AddressConflictRule {
  static let requirement = "The range shares no usable address with vm-migration-network or rwx-network."

  static func conflicts(with plan: AddressPlan, in facts: borrowing ClusterFacts) -> AddressSet {
    facts.otherSettingNetworks.reduce(AddressSet()) { $0.union($1.usable.intersection(plan.usable)) }
  }

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    for other in context.facts.otherSettingNetworks {
      let shared = plan.usable.intersection(other.usable)
      guard let first = shared.first else { continue }
      findings.addViolation(
        plan.fields.path(.range), .invalid(plan.written),
        """
        must not share \(shared.count.counted("usable address")) with \(other.setting) (\(other.range)), \
        beginning with \(first); \(plan.advice(toExclude: shared, context))
        """)
    }
  }
}
