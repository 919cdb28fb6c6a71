internal import Addressing

/// A pod that gets the cluster's virtual IP takes the Web UI and the API server's address off the network.
enum RangeHoldsNoVirtualIP: Rule {
  static let requirement = "The cluster's virtual IP cannot be handed out."

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
