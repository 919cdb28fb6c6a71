internal import Addressing

/// A pod that gets the address of a node takes that node off the network.
enum RangeHoldsNoNode: Rule {
  static let demand = "No node's own address can be handed out."

  static func judge(_ plan: AddressPlan, _ world: World, _ findings: inout Findings) {
    // Nearly always none is in it, and a flat list tells that soonest.
    guard world.facts.nodeAddresses.contains(where: plan.usable.contains) else { return }
    let nodes = world.facts.nodes.filter { $0.addresses.contains(where: plan.usable.contains) }
    let names = nodes.map { "\($0.name) (\($0.addresses.filter(plan.usable.contains).map(\.description).listed))" }
    findings.refuse(
      plan.entries.path(.range),
      """
      \(plan.range) holds the \(nodes.count == 1 ? "address of a node" : "addresses of \(nodes.count) nodes"): \
      \(names.listed); choose another range, or exclude \(nodes.count == 1 ? "that address" : "those addresses")
      """)
  }
}
