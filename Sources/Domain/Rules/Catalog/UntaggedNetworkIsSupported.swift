internal import JSON

/// The validators of Harvester v1.1 to v1.4 accept only VLAN 1 to 4094.
enum UntaggedNetworkIsSupported: Rule {
  static let requirement = "The network is tagged, unless Harvester is v1.5 or later."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let version = context.facts.version, version < HarvesterVersion(1, 5),
      // VLANIsInRange covers mgmt.
      fields.network.clusterNetwork.value?.isExactly(managementNetwork) != true
    else { return }
    let reason = "must be between 1 and 4094; an untagged storage network needs Harvester v1.5, and this is \(version)"
    switch fields.network.vlan {
    case .absent: findings.addViolation(fields.path(.vlan), .required, reason)
    case .value(0): findings.addViolation(fields.path(.vlan), .invalid("0"), reason)
    case .value, .wrongType: break
    }
  }
}
