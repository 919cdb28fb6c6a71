internal import JSON

/// Harvester supports the storage network on mgmt from v1.4 on, although the validator of v1.2 accepts it.
enum ManagementNetworkIsSupported: Rule {
  static let requirement = "The cluster network mgmt carries the storage network in this version of Harvester."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    guard fields.network.clusterNetwork.value?.isExactly(managementNetwork) == true,
      let version = context.facts.version,
      version < HarvesterVersion(1, 4)
    else { return }
    let reason = "mgmt carries the storage network from Harvester v1.4 on, and this is \(version)"
    if version == HarvesterVersion(1, 2) {
      findings.addWarning("\(fields.path(.clusterNetwork)): \(reason); choose another cluster network")
    } else {
      findings.addViolation(fields.path(.clusterNetwork), .forbidden, "\(reason); choose another cluster network")
    }
  }
}
