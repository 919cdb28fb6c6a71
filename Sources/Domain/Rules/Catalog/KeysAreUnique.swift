/// Harvester silently uses the last of two equal keys; which one is intended is not known.
enum KeysAreUnique: Rule {
  static let requirement = "No key is repeated."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    let keys = fields.network.repeatedKeys
    for key in keys {
      findings.addViolation(
        fields.field.rawValue, .duplicate(key.quoted), "the key must not be repeated; keep one entry")
    }
  }
}
