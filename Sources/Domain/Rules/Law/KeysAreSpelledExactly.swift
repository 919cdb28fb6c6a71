internal import JSON

/// Harvester would read `VLAN` as `vlan`, other programs would not; one spelling leaves no doubt.
enum KeysAreSpelledExactly: Rule {
  static let demand = "Known keys are written in exactly their upper and lower case."

  static func judge(_ entries: Entries, _ world: World, _ findings: inout Findings) {
    for stranger in entries.network.strangers {
      guard let key = stranger.isMeantAs else { continue }
      findings.refuse(entries.field.rawValue, "has the key \(stranger.key.quoted); write \(key.name.quoted)")
    }
  }
}
