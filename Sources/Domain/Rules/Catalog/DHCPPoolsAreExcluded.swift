internal import Addressing

/// Managed DHCP hands out addresses to virtual machines without checking Whereabouts' reservations.
enum DHCPPoolsAreExcluded: Rule {
  static let requirement = "No managed DHCP pool on the same VLAN hands out the same addresses."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let link = plan.link, !context.facts.dhcpPools.isEmpty else { return }
    let networks = Set(context.facts.attachments.lazy.filter { $0.isOn(link) }.map(\.described))
    for pool in context.facts.dhcpPools where networks.contains(pool.network) {
      let shared = pool.allAddresses.intersection(plan.usable)
      guard !shared.isEmpty else { continue }
      findings.addWarning("\(plan.fields.path(.range)): \(explanation(pool, plan))")
      for advice in plan.warnings(toExclude: shared, context) { findings.addWarning(advice) }
    }
  }

  private static func explanation(_ pool: DHCPPoolFact, _ plan: AddressPlan) -> String {
    let leases = pool.addresses.intersection(plan.usable)
    var parts: [String] = []
    if let first = leases.first, let last = leases.intervals.last?.last {
      parts.append("hands out \(first) to \(last) to virtual machines on this VLAN")
    }
    if let server = pool.server, plan.usable.contains(server) { parts.append("has its server at \(server)") }
    return
      "the managed DHCP pool \(pool.described.truncated(to: Warning.maxNameLength)) \(parts.joined(separator: " and "))"
  }
}
