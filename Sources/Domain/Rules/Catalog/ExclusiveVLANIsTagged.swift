/// Untagged frames and VLAN 1 are everybody's, so the storage network cannot have them for itself.
enum ExclusiveVLANIsTagged: Rule {
  static let requirement = "An exclusive VLAN is tagged and not VLAN 1."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    guard fields.network.isExclusive.value == true else { return }
    if case .wrongType = fields.network.vlan { return }
    let vlan = fields.network.vlan.value ?? 0
    guard vlan == 0 || vlan == 1 else { return }
    findings.addViolation(
      fields.path(.exclusiveVLAN), .invalid("true"),
      """
      \(vlan == 0 ? "the network is untagged" : "VLAN 1 is shared by everything untagged"); choose a \
      VLAN from 2 to 4094, or leave \(KnownKey.exclusiveVLAN.name) out
      """)
  }
}
