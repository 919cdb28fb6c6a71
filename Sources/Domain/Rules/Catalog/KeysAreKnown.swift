internal import JSON

/// An unknown key may come from a newer Harvester, so it is kept and only pointed at.
enum KeysAreKnown: Rule {
  static let requirement = "Every key is one that is known."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    let keys = fields.network.unknownFields.lazy.filter { $0.matchedKey == nil }.map(\.key)
    guard let first = keys.first else { return }
    findings.addWarning("\(fields.field.rawValue): \(keys.count == 1 ? message(on: first) : message(on: Array(keys)))")
  }

  private static let known = "known are \(KnownKey.allCases.map(\.name).englishList)"

  private static func message(on key: String) -> String {
    let advice = key.nearest(of: KnownKey.allCases.map(\.name)).map { "did you mean \($0.quoted)?" } ?? known
    return "the key \(shown(key)) is not known and was kept as it is; \(advice)"
  }

  /// One warning for all keys, because the Web UI shows each in a box of its own, at every save.
  private static func message(on keys: [String]) -> String {
    let shown = keys.prefix(maxNamesInMessage).map(shown)
    func message(naming count: Int) -> String {
      let rest = keys.count - count
      let names = rest > 0 ? "\(shown.prefix(count).joined(separator: ", ")) and \(rest) more" : shown.englishList
      return "\(keys.count) keys are not known and were kept as they are: \(names); \(known)"
    }
    // As many names as a warning has room for.
    let count = (1...shown.count).last { message(naming: $0).utf8.count <= Warning.maxLength - "default: ".utf8.count }
    return message(naming: count ?? 1)
  }

  private static func shown(_ key: String) -> String { "\"\(key.ascii(upTo: 40))\"" }
}
