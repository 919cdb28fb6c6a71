internal import Addressing

/// A DHCP server on the storage VLAN gives hosts addresses of a pool that is not known here.
enum HostLeasesAreExcluded: Rule {
  static let requirement = "No host gets its address by DHCP on the same VLAN."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let segment = plan.segment else { return }
    for config in context.facts.hostNetworks where config.isDynamic && config.isOn(segment) {
      let leases = config.addresses.filter { plan.usable.contains($0.address) }
      let known = leases.prefix(3).map { "\($0.address) (\($0.node.truncated(to: 20)))" }.joined(separator: ", ")
      findings.addWarning(
        """
        \(plan.fields.path(.exclude)): hosts get addresses by DHCP on this VLAN (HostNetworkConfig \
        \(config.name.truncated(to: Warning.maxNameLength / 2)))\(known.isEmpty ? "" : ", now \(known)"); exclude the DHCP server \
        and its pool
        """)
    }
  }
}
