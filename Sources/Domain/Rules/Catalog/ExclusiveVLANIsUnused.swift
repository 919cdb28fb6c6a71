/// Exclusive means that no virtual machine can reach the storage traffic, on whichever cluster network it is attached.
/// Harvester's own webhooks refuse the VLAN of vm-migration-network; only one of the two refuses that of rwx-network.
enum ExclusiveVLANIsUnused: Rule {
  static let requirement = "No VM network and no vm-migration-network uses an exclusive VLAN."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    guard fields.network.isExclusive.value == true, let vlan = fields.network.vlan.value, vlan > 1 else { return }
    let attachments = context.facts.attachments.filter { !$0.isOverlay && $0.carries(vlan: vlan) }
    let users = attachments.filter(\.isVMNetwork)
    if !users.isEmpty {
      findings.addViolation(
        fields.path(.exclusiveVLAN), .invalid("true"),
        """
        VLAN \(vlan) is used by \(users.count.counted("VM network")): \(users.map(\.described).englishList); choose a \
        VLAN that no VM network uses or lets through, or set \(KnownKey.exclusiveVLAN.name) to false
        """)
    }
    if let migration = attachments.first(where: { $0.owner == .vmMigrationNetwork }) {
      findings.addViolation(
        fields.path(.exclusiveVLAN), .forbidden,
        """
        VLAN \(vlan) is used by vm-migration-network (\(migration.described)); choose another VLAN, or set \
        \(KnownKey.exclusiveVLAN.name) to false
        """)
    }
    if let rwx = attachments.first(where: { $0.owner == .rwxNetwork }) {
      findings.addWarning(
        """
        \(fields.path(.exclusiveVLAN)): VLAN \(vlan) is used by rwx-network \
        (\(rwx.described.truncated(to: Warning.maxNameLength))) as well, and Harvester may refuse that; choose another VLAN
        """)
    }
  }
}
