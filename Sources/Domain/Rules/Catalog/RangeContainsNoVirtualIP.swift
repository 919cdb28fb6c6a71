internal import Addressing

/// A pod with the cluster's virtual IP makes the Web UI and the API server unreachable.
enum RangeContainsNoVirtualIP: AddressConflictRule {
  static let requirement = "The range does not hold the cluster's virtual IP."

  static func conflicts(with plan: AddressPlan, in facts: borrowing ClusterFacts) -> AddressSet {
    AddressSet([facts.virtualAddress].compactMap(\.self)).intersection(plan.usable)
  }

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    let taken = conflicts(with: plan, in: context.facts)
    guard let address = taken.first else { return }
    findings.addViolation(
      plan.fields.path(.range), .invalid(plan.written),
      """
      must not hold the cluster's virtual IP \(address) (ConfigMap harvester-system/vip); \
      \(plan.advice(toExclude: taken, context))
      """)
  }
}
