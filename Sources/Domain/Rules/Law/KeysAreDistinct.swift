internal import JSON

/// Harvester keeps the last of two equal keys in silence; which one the operator meant, nobody can know.
enum KeysAreDistinct: Rule {
  static let demand = "No key stands twice."

  static func judge(_ entries: Entries, _ world: World, _ findings: inout Findings) {
    guard let key = JSONValue.object(entries.network.members).repeatedKey else { return }
    findings.refuse(entries.field.rawValue, "has the key \(key.quoted) twice; keep the one that is meant")
  }
}
