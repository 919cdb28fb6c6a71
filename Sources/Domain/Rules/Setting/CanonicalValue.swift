internal import JSON

/// The canonical spelling of a value. Harvester hashes the bytes, so every other spelling of a network counts as a change.
package struct CanonicalValue {
  /// The known keys in a fixed order, then the unknown ones in byte order, without white space and without entries that
  /// equal their default. White space alone becomes the empty text.
  package let spelling: [UInt8]
  /// The members in that order; nil for the empty text.
  private let members: [JSONMember]?

  /// Nil for a text without a canonical spelling: not a JSON object, repeated keys, or too long to be evaluated.
  ///
  /// `vlan` and `VLAN` are the same key: Harvester uses the last one, so their order must stay.
  package init?(_ text: [UInt8]) {
    if SettingText.text(text).isBlank {
      (spelling, members) = ([], nil)
      return
    }
    guard text.count <= ParsedSetting.maxTextLength, let value = try? JSONValue(parsing: text),
      case .object(let written) = value,
      written.repeatedKeys.isEmpty, let ordered = Self.ordered(written)
    else { return nil }
    members = ordered
    spelling = Self.spelled(ordered, capacity: text.count)
  }

  /// Returns whether Harvester creates the same network from both: the order of `exclude`, duplicates in it, and an empty
  /// one have no meaning.
  package func meansSame(as other: CanonicalValue) -> Bool {
    if spelling == other.spelling { return true }
    guard let members, let others = other.members else { return false }
    return Self.spelled(members.withSortedExclusions, capacity: spelling.count)
      == Self.spelled(others.withSortedExclusions, capacity: other.spelling.count)
  }

  private static func spelled(_ members: [JSONMember], capacity: Int) -> [UInt8] {
    var writer = JSONWriter(capacity: capacity)
    writer.append(object: members)
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

  /// Returns whether Harvester reads the entry like a missing one, so that it is left out. An empty list stays: Terraform
  /// compares the written with the stored value, and would report a change forever.
  private static func isDefault(_ value: JSONValue, for key: KnownKey) -> Bool {
    switch (key, value) {
    case (_, .null), (.vlan, .number("0")), (.exclusiveVLAN, .bool(false)): true
    default: false
    }
  }
}

extension [JSONMember] {
  /// The members with the distinct elements of `exclude` in byte order; without an empty `exclude`.
  fileprivate var withSortedExclusions: [JSONMember] {
    compactMap { member in
      guard KnownKey.exclude.isSpelled(member.key), case .array(let elements) = member.value else { return member }
      return elements.isEmpty ? nil : JSONMember(key: member.key, value: .array(elements.sortedAndDistinct))
    }
  }
}

extension [JSONValue] {
  fileprivate var sortedAndDistinct: [JSONValue] {
    let spelled = map { element in
      var writer = JSONWriter()
      writer.append(sorted: element)
      return (element: element, bytes: writer.bytes)
    }
    let sorted = spelled.sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
    return sorted.indices.filter { $0 == 0 || sorted[$0].bytes != sorted[$0 - 1].bytes }.map { sorted[$0].element }
  }
}

extension [JSONMember] {
  /// The paths of repeated keys, such as `labels.a`: those of the outermost object with any, in byte order, at most as
  /// many as a message names.
  var repeatedKeys: [String] {
    // The usual case.
    if hasDistinctKeys { return repeatedKeysInside }
    let keys = sortedByKey.map(\.key)
    func repeats(_ index: Int) -> Bool { index > 0 && keys[index].isExactly(keys[index - 1]) }
    let repeated = keys.indices.lazy.filter { repeats($0) && !repeats($0 - 1) }.prefix(NameList.limit)
    return repeated.isEmpty ? repeatedKeysInside : repeated.map { keys[$0] }
  }

  private var repeatedKeysInside: [String] {
    for index in indices where self[index].value.isContainer {
      let keys = self[index].value.repeatedKeys
      if !keys.isEmpty { return keys.map { "\(self[index].key).\($0)" } }
    }
    return []
  }

  /// A few keys are compared pairwise, which needs no memory; many are sorted.
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
