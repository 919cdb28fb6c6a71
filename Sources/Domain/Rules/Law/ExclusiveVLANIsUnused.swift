/// Exclusive means that no virtual machine can reach the storage traffic, on whichever cluster network it is attached.
enum ExclusiveVLANIsUnused: Rule {
  static let demand = "No VM network uses an exclusive VLAN."

  static func judge(_ entries: Entries, _ world: World, _ findings: inout Findings) {
    guard entries.network.isExclusive.value == true, let vlan = entries.network.vlan.value, vlan > 1 else { return }
    let users = world.facts.attachments.filter { $0.isVMNetwork && $0.lets(through: vlan) }
    guard !users.isEmpty else { return }
    findings.refuse(
      entries.path(.exclusiveVLAN),
      """
      is true, but VLAN \(vlan) is used by \(users.count.of("VM network")): \(users.map(\.described).listed); choose a \
      VLAN that no VM network uses or lets through, or set \(KnownKey.exclusiveVLAN.name) to false
      """)
  }
}
