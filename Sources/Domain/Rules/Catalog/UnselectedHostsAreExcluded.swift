internal import Addressing

/// A HostNetworkConfig may list addresses of nodes that its selector does not match; a label changes that at any time.
enum UnselectedHostsAreExcluded: AddressConflictRule {
  static let requirement = "The range holds no address that a HostNetworkConfig keeps for a node on the same VLAN."

  static func conflicts(with plan: AddressPlan, in facts: borrowing ClusterFacts) -> AddressSet {
    guard let segment = plan.segment else { return AddressSet() }
    let hosts = facts.hostNetworks.filter { $0.isOn(segment) }.flatMap(\.unselectedAddresses)
    return AddressSet(hosts.map(\.address)).intersection(plan.usable)
  }

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let segment = plan.segment else { return }
    for config in context.facts.hostNetworks where config.isOn(segment) {
      let hosts = config.unselectedAddresses.filter { plan.usable.contains($0.address) }
      guard let first = hosts.first else { continue }
      let others = hosts.count > 1 ? " and \((hosts.count - 1).counted("other"))" : ""
      findings.addWarning(
        """
        \(plan.fields.path(.range)): HostNetworkConfig \(config.name.truncated(to: Warning.maxNameLength / 2)) keeps \
        \(first.address) for \(first.node.truncated(to: 30))\(others), which its nodeSelector does not match now
        """)
      findings.addWarnings(plan.warnings(toExclude: AddressSet(hosts.map(\.address)), context))
    }
  }
}
