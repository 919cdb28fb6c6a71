internal import JSON

/// An unknown key may come from a newer Harvester, so it is kept and only pointed at.
enum KeysAreKnown: Rule {
  static let requirement = "Every key is one that is known."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    for unknownField in fields.network.unknownFields where unknownField.matchedKey == nil {
      let key = unknownField.key.truncated(to: 40).quoted
      if unknownField.key.isOfRWXNetwork {
        findings.addWarning(
          "\(fields.field.rawValue): the key \(key) belongs to the setting rwx-network and has no effect here; remove it"
        )
        continue
      }
      findings.addWarning(
        """
        \(fields.field.rawValue): the key \(key) is not known and was kept as it is; \(advice(on: unknownField.key))
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
    if let correction = otherNames[text.withoutSeparators] { return correction }
    let distances = allCases.map { (key: $0, edits: editDistance(Array($0.name.utf8), Array(text.utf8))) }
    guard let nearest = distances.min(by: { $0.edits < $1.edits }) else { return nil }
    return nearest.edits <= max(1, nearest.key.name.utf8.count / 3) ? nearest.key : nil
  }
}

extension KnownKey {
  /// What the same things are called in other objects and tools: HostNetworkConfig's `vlanID`, host-local's `subnet` …
  private static let otherNames: [String: KnownKey] = [
    "vlanid": .vlan, "vlantag": .vlan, "vid": .vlan, "tag": .vlan,
    "clusternetworkname": .clusterNetwork,
    "cidr": .range, "subnet": .range, "iprange": .range, "addressrange": .range,
    "excludes": .exclude, "excluded": .exclude, "excluderange": .exclude, "excluderanges": .exclude,
    "exclusion": .exclude, "exclusions": .exclude, "excludeips": .exclude, "omitranges": .exclude,
    "exclusive": .exclusiveVLAN, "isexclusive": .exclusiveVLAN,
  ]
}

extension String {
  fileprivate var isOfRWXNetwork: Bool {
    ["sharestoragenetwork", "network", "hostiprange", "viprange"].contains(withoutSeparators)
  }

  /// In lower case, without what separates the words of a name.
  fileprivate var withoutSeparators: String { lowercased().filter { $0 != "-" && $0 != "_" } }
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
