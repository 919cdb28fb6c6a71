internal import Addressing

/// Whereabouts hands out the lowest address first, which is often a host's address on the storage VLAN.
enum RangeContainsNoHostAddress: AddressConflictRule {
  static let requirement = "The range holds no address that a HostNetworkConfig gives a host on the same VLAN."

  static func conflicts(with plan: AddressPlan, in facts: borrowing ClusterFacts) -> AddressSet {
    guard let segment = plan.segment else { return AddressSet() }
    let configs = facts.hostNetworks.filter { !$0.isDynamic && $0.isOn(segment) }
    return AddressSet(configs.flatMap(\.addresses).map(\.address)).intersection(plan.usable)
  }

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let segment = plan.segment else { return }
    for config in context.facts.hostNetworks where !config.isDynamic && config.isOn(segment) {
      let hosts = config.addresses.filter { plan.usable.contains($0.address) }
      guard !hosts.isEmpty else { continue }
      findings.addViolation(
        plan.fields.path(.range), .invalid(plan.written),
        """
        must not hold the \
        \(hosts.count == 1 ? "address of a node" : "addresses of \(hosts.count) nodes") (HostNetworkConfig \
        \(config.name)): \(hosts.map { "\($0.node) (\($0.address))" }.englishList); \
        \(plan.advice(toExclude: AddressSet(hosts.map(\.address)), context))
        """)
    }
  }
}
