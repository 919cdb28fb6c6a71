/// Harvester creates the setting at start-up and expects it from then on; switching off means emptying its value.
enum SettingIsKept: Rule {
  static let demand = "The setting is kept; it is emptied, not deleted."

  static func judge(_ change: Change, _ world: World, _ findings: inout Findings) {
    findings.refuse(
      SettingField.value.rawValue,
      """
      the setting storage-network must not be deleted, Harvester needs the object; to switch the storage network off, \
      empty its value: kubectl patch settings.harvesterhci.io storage-network --type merge -p '{"value":""}'
      """)
  }
}
