internal import JSON

/// Harvester decodes the text as one JSON object.
enum ValueIsJSONObject: Rule {
  static let requirement = "The text is one JSON object."

  private static let example = #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#

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
        "must not be longer than \(ParsedSetting.longestText) bytes, but has \(bytes); write for example \(example)")
    case .notAnObject(let kind):
      findings.addViolation(
        field, .typeInvalid(nil), "must be a JSON object, but is \(kind.described); write for example \(example)")
    case .notJSON(let error, let text):
      let (line, column) = error.position(in: text)
      findings.addViolation(
        field, .invalid(nil),
        """
        must be JSON: \(culprit(of: error, in: text) ?? error.explanation) (line \(line), column \(column)); write for \
        example \(example)
        """)
    }
  }

  /// What stands where something else was expected, if it says more about the slip.
  private static func culprit(of error: JSONError, in text: [UInt8]) -> String? {
    switch error.problem {
    case .expectedValue, .expectedKey, .expectedColon, .expectedCommaOrClosingBrace, .expectedCommaOrClosingBracket,
      .trailingText:
      break
    default: return nil
    }
    let rest = text[min(error.offset, text.count)...]
    if rest.starts(with: "//".utf8) || rest.starts(with: "/*".utf8) { return "JSON has no comments" }
    guard let scalar = String(decoding: rest.prefix(4), as: UTF8.self).unicodeScalars.first, !scalar.isPrintable else {
      return nil
    }
    return "there is a character that nobody sees, \(scalar.codePoint); remove it"
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
