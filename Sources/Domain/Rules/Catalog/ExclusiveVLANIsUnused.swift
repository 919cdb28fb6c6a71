/// Exclusive means that no virtual machine can reach the storage traffic, on whichever cluster network it is attached.
enum ExclusiveVLANIsUnused: Rule {
  static let requirement = "No VM network uses an exclusive VLAN."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    guard fields.network.isExclusive.value == true, let vlan = fields.network.vlan.value, vlan > 1 else { return }
    let users = context.facts.attachments.filter { $0.isVMNetwork && $0.carries(vlan: vlan) }
    guard !users.isEmpty else { return }
    findings.addViolation(
      fields.path(.exclusiveVLAN), .invalid("true"),
      """
      VLAN \(vlan) is used by \(users.count.counted("VM network")): \(users.map(\.described).englishList); choose a \
      VLAN that no VM network uses or lets through, or set \(KnownKey.exclusiveVLAN.name) to false
      """)
  }
}
