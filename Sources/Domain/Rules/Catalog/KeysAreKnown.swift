internal import JSON

/// An unknown key may come from a newer Harvester, so it is kept and only pointed at.
enum KeysAreKnown: Rule {
  static let requirement = "Every key is one that is known."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    for unknownField in fields.network.unknownFields where unknownField.matchedKey == nil {
      findings.addWarning(
        """
        \(fields.field.rawValue): the key \(unknownField.key.truncated(to: 40).quoted) is not known and was kept as it is; \
        \(advice(on: unknownField.key))
        """)
    }
  }

  private static func advice(on key: String) -> String {
    KnownKey.nearest(to: key).map { "did you mean \($0.name.quoted)?" }
      ?? "known are \(KnownKey.allCases.map(\.name).englishList)"
  }
}

extension KnownKey {
  /// The known key that a slip of the fingers turns into this text: at most a third of it may differ.
  static func nearest(to text: String) -> KnownKey? {
    guard text.utf8.count <= 32 else { return nil }
    let distances = allCases.map { (key: $0, edits: editDistance(Array($0.name.utf8), Array(text.utf8))) }
    guard let nearest = distances.min(by: { $0.edits < $1.edits }) else { return nil }
    return nearest.edits <= max(1, nearest.key.name.utf8.count / 3) ? nearest.key : nil
  }
}

/// How many letters have to be inserted, removed or replaced to turn one word into the other (Levenshtein).
private func editDistance(_ one: [UInt8], _ other: [UInt8]) -> Int {
  var row = Array(0...other.count)
  for (index, letter) in one.enumerated() {
    var diagonal = row[0]
    row[0] = index + 1
    for column in other.indices {
      let replaced = diagonal + (letter == other[column] ? 0 : 1)
      diagonal = row[column + 1]
      row[column + 1] = min(replaced, diagonal + 1, row[column] + 1)
    }
  }
  return row[other.count]
}
