/// Harvester compares the storage network with these settings and rejects every change while it cannot read one of them.
/// An unreadable setting is not an absent one: addresses could be handed out twice.
enum OtherNetworksAreReadable: Rule {
  static let requirement = "The settings vm-migration-network and rwx-network can be read."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    for setting in context.facts.unreadableSettings where change.enables || setting.blocksDisabling {
      findings.addViolation(
        change.field.rawValue, .forbidden,
        """
        the setting \(setting.name) \(setting.problem), so its network cannot be compared; correct it: \
        kubectl edit settings.harvesterhci.io \(setting.name)
        """)
    }
  }
}
