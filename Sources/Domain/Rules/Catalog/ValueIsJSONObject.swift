internal import JSON

/// Harvester decodes the text as one JSON object.
enum ValueIsJSONObject: Rule {
  static let requirement = "The text is one JSON object."

  private static let example = #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#

  /// The length in bytes up to which a message shows a corrected text.
  fileprivate static let maxProposalLength = 2048

  static func evaluate(_ proposal: ParsedSetting, _ context: EvaluationContext, _ findings: inout Findings) {
    let field = proposal.field.rawValue
    switch proposal.reading {
    case .network:
      break
    case .notString:
      findings.addViolation(
        field, .typeInvalid(nil), "must be a string that holds a JSON object, for example '\(example)'")
    case .tooLong(let bytes):
      findings.addViolation(
        field, .invalid(nil),
        "must have at most \(ParsedSetting.maxTextLength) bytes, but has \(bytes); write for example \(example)")
    case .notAnObject(let value):
      findings.addViolation(
        field, .typeInvalid(value.written.truncated(to: 80)), "must be a JSON object, not \(value.advice(example))")
    case .notJSON(let error, let text):
      let (line, column) = error.position(in: text)
      let written = String(decoding: text, as: UTF8.self).quoted
      let start = "must be a JSON object, but"
      if let repair = JSONRepair(text) {
        let mistakes = repair.mistakes.map(\.description).englishList
        let advice =
          repair.object.spelling.map { "write \($0)" } ?? "write for example \(example)"
        findings.addViolation(
          field, .invalid(written), "\(start) has \(mistakes) (line \(line), column \(column)); \(advice)")
      } else {
        findings.addViolation(
          field, .invalid(written),
          "\(start) \(error.explanation) (line \(line), column \(column)); write for example \(example)")
      }
    }
  }
}

extension JSONValue {
  /// The spelling in which the object is stored; nil where it would be rejected as a text again, or is too long.
  fileprivate var spelling: String? {
    guard case .object = self, let spelling = CanonicalValue(Array(written.utf8))?.spelling,
      spelling.count <= ValueIsJSONObject.maxProposalLength
    else { return nil }
    return String(decoding: spelling, as: UTF8.self)
  }

  /// What the value is instead of an object, and what to write.
  fileprivate func advice(_ example: String) -> String {
    // An object that was encoded twice.
    if case .string(let text) = self, let object = try? JSONValue(parsing: Array(text.utf8)),
      let spelling = object.spelling
    {
      return "a string that holds one; write \(spelling)"
    }
    return "\(kind.described); write for example \(example)"
  }
}

extension JSONKind {
  /// The kind with its article.
  fileprivate var described: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }
}
