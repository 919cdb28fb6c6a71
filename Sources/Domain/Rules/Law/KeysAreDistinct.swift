/// Harvester keeps the last of two equal keys in silence; which one the operator meant, nobody can know.
enum KeysAreDistinct: Rule {
  static let demand = "No key stands twice."

  static func judge(_ entries: Entries, _ world: World, _ findings: inout Findings) {
    let keys = entries.network.repeatedKeys
    guard !keys.isEmpty else { return }
    findings.refuse(
      entries.field.rawValue,
      """
      has the \(keys.count == 1 ? "key" : "keys") \(keys.map(\.quoted).listed) twice; keep the \
      \(keys.count == 1 ? "one that is" : "ones that are") meant
      """)
  }
}
