internal import Addressing

/// Whereabouts keeps a pool of its own for each range, so two networks that share an address hand it out twice.
enum NeighboursKeepTheirAddresses: Rule {
  static let demand = "No usable address belongs to vm-migration-network or rwx-network too."

  static func judge(_ plan: AddressPlan, _ world: World, _ findings: inout Findings) {
    for neighbour in world.facts.neighbours {
      let shared = plan.usable.intersection(neighbour.usable)
      guard let first = shared.first else { continue }
      findings.refuse(
        plan.entries.path(.range),
        """
        \(plan.range) shares \(shared.count.of("usable address")) with \(neighbour.setting) (\(neighbour.range)), \
        beginning with \(first); choose another range, or exclude here what the other network uses
        """)
    }
  }
}
