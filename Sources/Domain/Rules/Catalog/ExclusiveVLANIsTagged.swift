/// Untagged frames and VLAN 1 are shared by default, so the storage network cannot use them exclusively.
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
      must be false \(vlan == 0 ? "without a VLAN (vlan is 0 or missing: untagged)" : "for VLAN 1"), which all untagged \
      traffic shares; choose a VLAN from 2 to 4094, or set \(KnownKey.exclusiveVLAN.name) to false, so that VM networks \
      may share the storage network's VLAN (the Web UI hides Exclusive VLAN now: enter VLAN ID 2, disable Exclusive \
      VLAN, then go back to \(vlan == 0 ? "untagged" : "VLAN ID 1"))
      """)
  }
}
