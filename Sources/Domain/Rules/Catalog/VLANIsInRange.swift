internal import JSON

/// VLAN identifiers have twelve bits, of which 4095 is reserved (IEEE 802.1Q); 0 or none means untagged. On the
/// management network untagged frames and VLAN 1 belong to the hosts themselves.
enum VLANIsInRange: Rule {
  static let requirement = "The VLAN is 0 to 4094, on mgmt 2 to 4094."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    if case .wrongType = fields.network.vlan { return }
    let vlan = fields.network.vlan.value ?? 0
    let isOnManagement = fields.network.clusterNetwork.value?.isExactly(managementNetwork) == true
    if (isOnManagement ? 2...4094 : 0...4094).contains(vlan) { return }
    // A number that does not fit into Int was read as its largest or smallest value.
    let written = vlan == .max || vlan == .min ? "a number of many digits" : "\(vlan)"
    let kind = fields.network.vlan.value == nil ? Violation.Kind.required : .invalid(written)
    if !isOnManagement {
      findings.addViolation(fields.path(.vlan), kind, "must be between 1 and 4094, or 0 for untagged")
    } else {
      findings.addViolation(
        fields.path(.vlan), kind,
        """
        must be between 2 and 4094 on the cluster network mgmt, which carries the hosts' own traffic untagged; choose \
        such a VLAN or another cluster network
        """)
    }
  }
}

/// The cluster network that every Harvester cluster has and that connects its nodes.
let managementNetwork = "mgmt"
