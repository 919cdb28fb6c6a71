/// Harvester keeps the last of two equal keys in silence; which one the operator meant, nobody can know.
enum KeysAreUnique: Rule {
  static let requirement = "No key stands twice."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    let keys = fields.network.repeatedKeys
    for key in keys {
      findings.addViolation(
        fields.field.rawValue, .duplicate(key.quoted), "the key must not stand twice; keep the entry that is meant")
    }
  }
}
