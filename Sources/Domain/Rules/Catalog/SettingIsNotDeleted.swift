/// Harvester creates the setting at start-up and expects it to exist; an empty value disables the storage network.
enum SettingIsNotDeleted: Rule {
  static let requirement = "The setting is emptied, not deleted."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    findings.addViolation(
      SettingField.value.rawValue, .forbidden,
      """
      must not be deleted, because Harvester needs the object; to disable the storage network, empty its value \
      (Disabled in the Web UI): kubectl patch settings.harvesterhci.io storage-network --type merge -p '{"value":""}'
      """)
  }
}
