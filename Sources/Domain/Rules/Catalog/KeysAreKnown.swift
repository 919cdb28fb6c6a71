internal import JSON

/// An unknown key may belong to a newer Harvester, so it is kept with a warning.
enum KeysAreKnown: Rule {
  static let requirement = "Every key is known."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    let unknown = fields.network.unknownFields.filter { $0.matchedKey == nil }.map(\.key)
    for key in unknown where key.isOfRWXNetwork {
      findings.addWarning(
        """
        \(fields.field.rawValue): the key \(shown(key)) belongs to the setting rwx-network and has no effect here; remove it
        """)
    }
    let keys = unknown.filter { !$0.isOfRWXNetwork }
    guard let first = keys.first else { return }
    findings.addWarning("\(fields.field.rawValue): \(keys.count == 1 ? message(on: first) : message(on: keys))")
  }

  private static let known = "known are \(KnownKey.allCases.map(\.name).englishList)"

  private static func message(on key: String) -> String {
    let advice = KnownKey.nearest(to: key).map { "did you mean \($0.name.quoted)?" } ?? known
    return "the key \(shown(key)) is unknown and is stored unchanged; \(advice)"
  }

  /// One warning for all keys, because the Web UI shows each warning in its own box, at every save.
  private static func message(on keys: [String]) -> String {
    let shown = keys.prefix(NameList.limit).map(shown)
    func message(naming count: Int) -> String {
      let rest = keys.count - count
      let names = rest > 0 ? "\(shown.prefix(count).joined(separator: ", ")) and \(rest) more" : shown.englishList
      return "\(keys.count) keys are unknown and are stored unchanged: \(names); \(known)"
    }
    // As many names as fit into a warning.
    let count = (1...shown.count).last { message(naming: $0).utf8.count <= Warning.maxLength - "default: ".utf8.count }
    return message(naming: count ?? 1)
  }

  private static func shown(_ key: String) -> String { "\"\(key.ascii(upTo: 40))\"" }
}

extension KnownKey {
  /// Returns the known key that the text is another name of, or a misspelling of.
  static func nearest(to text: String) -> KnownKey? {
    guard text.utf8.count <= 32 else { return nil }
    if let key = otherNames[text.withoutSeparators] { return key }
    let nearest = text.nearest(of: allCases.map(\.name))
    return allCases.first { $0.name == nearest }
  }

  /// The names in other objects and tools: HostNetworkConfig's `vlanID`, host-local's `subnet` …
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
    // Swift normalises strings before it compares them, which is slow for a long key of combining marks.
    utf8.count <= 32
      && ["sharestoragenetwork", "sharestorenetwork", "network", "hostiprange", "viprange"].contains(withoutSeparators)
  }

  /// In lower case, without the separators between the words of a name.
  fileprivate var withoutSeparators: String { lowercased().filter { $0 != "-" && $0 != "_" } }
}
