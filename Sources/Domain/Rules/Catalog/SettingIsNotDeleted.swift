/// Harvester creates the setting at start-up and expects it from then on; switching off means emptying its value.
enum SettingIsNotDeleted: Rule {
  static let requirement = "The setting is kept; it is emptied, not deleted."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    findings.addViolation(
      SettingField.value.rawValue, .forbidden,
      """
      must not be deleted, because Harvester needs the object; to switch the storage network off, empty its value \
      (Disabled in the Web UI): kubectl patch settings.harvesterhci.io storage-network --type merge -p '{"value":""}'
      """)
  }
}
