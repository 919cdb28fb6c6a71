/// Harvester before v1.9 ignores the key, but restarts the storage network because the text changed.
enum ExclusiveVLANIsSupported: Rule {
  static let requirement = "This version of Harvester supports an exclusive VLAN."

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
