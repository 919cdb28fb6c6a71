internal import JSON

/// Harvester reads `VLAN` as `vlan`, other programs do not.
enum KeyCaseIsExact: Rule {
  static let requirement = "Known keys have their exact upper and lower case."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    for unknownField in fields.network.unknownFields {
      guard let key = unknownField.matchedKey else { continue }
      findings.addViolation(
        fields.field.rawValue, .notSupported(unknownField.key.quoted),
        unknownField.isOneOfSeveral
          ? "the key must be removed, because Harvester reads it as \(key.name.quoted), which the object has as well"
          : "the key must be written \(key.name.quoted)")
    }
  }
}
