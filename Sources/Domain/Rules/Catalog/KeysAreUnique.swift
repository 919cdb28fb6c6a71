/// Harvester keeps the last of two equal keys in silence; which one the operator meant, nobody can know.
enum KeysAreUnique: Rule {
  static let requirement = "No key stands twice."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    let keys = fields.network.repeatedKeys
    guard !keys.isEmpty else { return }
    findings.addViolation(
      fields.field.rawValue,
      """
      has the \(keys.count == 1 ? "key" : "keys") \(keys.map(\.quoted).englishList) twice; keep the \
      \(keys.count == 1 ? "one that is" : "ones that are") meant
      """)
  }
}
