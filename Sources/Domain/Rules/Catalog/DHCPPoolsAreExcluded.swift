internal import Addressing

/// Managed DHCP hands out addresses to virtual machines without checking Whereabouts' reservations.
enum DHCPPoolsAreExcluded: AddressConflictRule {
  static let requirement = "No managed DHCP pool on the same VLAN hands out the same addresses."

  static func conflicts(with plan: AddressPlan, in facts: borrowing ClusterFacts) -> AddressSet {
    pools(on: plan.segment, in: facts).reduce(AddressSet()) { $0.union($1.allAddresses.intersection(plan.usable)) }
  }

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    for pool in pools(on: plan.segment, in: context.facts) {
      let shared = pool.allAddresses.intersection(plan.usable)
      guard !shared.isEmpty else { continue }
      findings.addWarning("\(plan.fields.path(.range)): \(explanation(pool, plan))")
      findings.addWarnings(plan.warnings(toExclude: shared, context))
    }
  }

  private static func pools(on segment: VLANSegment?, in facts: borrowing ClusterFacts) -> [DHCPPoolFact] {
    guard let segment, !facts.dhcpPools.isEmpty else { return [] }
    let networks = Set(facts.attachments.lazy.filter { $0.isOn(segment) }.map(\.described))
    return facts.dhcpPools.filter { networks.contains($0.network) }
  }

  private static func explanation(_ pool: DHCPPoolFact, _ plan: AddressPlan) -> String {
    let leases = pool.addresses.intersection(plan.usable)
    var parts: [String] = []
    if let first = leases.first, let last = leases.intervals.last?.last {
      parts.append("hands out \(first) to \(last) to virtual machines on this VLAN")
    }
    if let server = pool.server, plan.usable.contains(server) { parts.append("has its server at \(server)") }
    if let router = pool.router, plan.usable.contains(router) { parts.append("has the router \(router)") }
    return
      "the managed DHCP pool \(pool.described.truncated(to: Warning.maxNameLength)) \(parts.englishList)"
  }
}
