internal import JSON

/// The one spelling of a storage network: Harvester hashes the bytes, so each spelling would be another network.
package enum CanonicalValue {
  /// The canonical spelling of a text, or nil where the text has none because it is no JSON object with distinct keys, or
  /// too long to be one that is judged.
  /// `vlan` beside `VLAN` is not distinct: Harvester takes the last one, so their order must stay.
  ///
  /// White space alone is the empty text. The known keys come first in a fixed order, then the unknown ones in byte
  /// order; an entry that says what its absence says too is left out.
  package static func spelling(of text: [UInt8]) -> [UInt8]? {
    if SettingText.text(text).isBlank { return [] }
    guard text.count <= ParsedSetting.longestText, let value = try? JSONValue(parsing: text),
      case .object(let members) = value,
      members.repeatedKeys.isEmpty, let ordered = ordered(members)
    else { return nil }
    var writer = JSONWriter(capacity: text.count)
    writer.append(object: ordered)
    return writer.bytes
  }

  private static func ordered(_ members: [JSONMember]) -> [JSONMember]? {
    let known = KnownKey.allCases.compactMap { key in
      members.first { key.isSpelled($0.key) && !isDefault($0.value, for: key) }
    }
    let others = members.filter { member in !KnownKey.allCases.contains { $0.isSpelled(member.key) } }
    guard others.allSatisfy({ KeyMatch($0.key) == .unknown }) else { return nil }
    return known + others.sortedByKey
  }

  /// Whether Harvester reads the entry as it would read its absence.
  private static func isDefault(_ value: JSONValue, for key: KnownKey) -> Bool {
    switch (key, value) {
    case (_, .null), (.vlan, .number("0")), (.exclusiveVLAN, .bool(false)): true
    case (.exclude, .array(let elements)): elements.isEmpty
    default: false
    }
  }
}

extension [JSONMember] {
  /// The paths of keys that stand more than once in one object, such as `labels.a`: those of the outermost such object,
  /// in byte order, and no more of them than a message names.
  var repeatedKeys: [String] {
    // Nearly always all are distinct.
    if hasDistinctKeys { return repeatedKeysInside }
    let keys = sortedByKey.map(\.key)
    func repeats(_ index: Int) -> Bool { index > 0 && keys[index].isExactly(keys[index - 1]) }
    let repeated = keys.indices.lazy.filter { repeats($0) && !repeats($0 - 1) }.prefix(maxNamesInMessage)
    return repeated.isEmpty ? repeatedKeysInside : repeated.map { keys[$0] }
  }

  private var repeatedKeysInside: [String] {
    for index in indices where self[index].value.isContainer {
      let keys = self[index].value.repeatedKeys
      if !keys.isEmpty { return keys.map { "\(self[index].key).\($0)" } }
    }
    return []
  }

  /// A few keys are compared each with each, which needs no memory; many are sorted.
  private var hasDistinctKeys: Bool {
    if count > 8 {
      let sorted = sortedByKey
      return !zip(sorted, sorted.dropFirst()).contains { $0.key.isExactly($1.key) }
    }
    for index in indices {
      for earlier in 0..<index where self[earlier].key.isExactly(self[index].key) { return false }
    }
    return true
  }
}

extension JSONValue {
  var repeatedKeys: [String] {
    switch self {
    case .object(let members): members.repeatedKeys
    case .array(let elements): elements.lazy.map(\.repeatedKeys).first { !$0.isEmpty } ?? []
    case .null, .bool, .number, .string: []
    }
  }

  fileprivate var isContainer: Bool {
    switch self {
    case .object, .array: true
    case .null, .bool, .number, .string: false
    }
  }
}

extension Change {
  /// The change as it is judged: the mutating webhook comes first.
  package var normalized: Change {
    guard let value = normalizedValue else { return self }
    var new = new
    new.value = .text(value)
    return proposing(new)
  }

  /// The text to store instead of the proposed value, or nil when the proposed one stays.
  ///
  /// A value that means what the stored one means becomes the stored one, byte by byte: only so its hash stays.
  /// What cannot be read is left for the validating rules to refuse.
  package var normalizedValue: [UInt8]? {
    guard operation != .delete, case .text(let proposed) = new.value,
      let spelling = CanonicalValue.spelling(of: proposed)
    else { return nil }
    if case .text(let stored) = old.value {
      if stored == proposed { return nil }
      if CanonicalValue.spelling(of: stored) == spelling { return stored }
    }
    return spelling == proposed ? nil : spelling
  }
}
