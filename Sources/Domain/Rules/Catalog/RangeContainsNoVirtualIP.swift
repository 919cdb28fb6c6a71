internal import Addressing

/// A pod with the cluster's virtual IP makes the Web UI and the API server unreachable.
enum RangeContainsNoVirtualIP: Rule {
  static let requirement = "The range does not hold the cluster's virtual IP."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let address = context.facts.virtualAddress, plan.usable.contains(address) else { return }
    findings.addViolation(
      plan.fields.path(.range), .invalid(plan.written),
      """
      must not hold the cluster's virtual IP \(address) (ConfigMap harvester-system/vip); \
      \(plan.advice(toExclude: AddressSet([address]), context))
      """)
  }
}
