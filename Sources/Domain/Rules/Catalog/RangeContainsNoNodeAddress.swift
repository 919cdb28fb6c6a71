internal import Addressing

/// A pod with the address of a node makes that node unreachable.
enum RangeContainsNoNodeAddress: AddressConflictRule {
  static let requirement = "The range holds no node's own address."

  static func conflicts(with plan: AddressPlan, in facts: borrowing ClusterFacts) -> AddressSet {
    AddressSet(facts.nodeAddresses).intersection(plan.usable)
  }

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    // Usually none is in the range, and a flat list shows that fastest.
    guard context.facts.nodeAddresses.contains(where: plan.usable.contains) else { return }
    let nodes = context.facts.nodes.filter { $0.addresses.contains(where: plan.usable.contains) }
    let names = nodes.map { "\($0.name) (\($0.addresses.filter(plan.usable.contains).map(\.description).englishList))" }
    findings.addViolation(
      plan.fields.path(.range), .invalid(plan.written),
      """
      must not hold the \(nodes.count == 1 ? "address of a node" : "addresses of \(nodes.count) nodes"): \
      \(names.englishList); \(plan.advice(toExclude: conflicts(with: plan, in: context.facts), context)) (the addresses of other machines are not known)
      """)
  }
}
