/// Harvester before v1.9 drops the key without a word, and restarts the storage network for the changed text.
enum ExclusiveVLANIsSupported: Rule {
  static let requirement = "An exclusive VLAN is known to this version of Harvester."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    guard fields.network.isExclusive.value != nil, let version = context.facts.version, version < HarvesterVersion(1, 9)
    else { return }
    findings.addWarning(
      """
      \(fields.path(.exclusiveVLAN)): is ignored before Harvester v1.9, and this is \(version); remove it, because \
      another text restarts the storage network
      """)
  }
}
