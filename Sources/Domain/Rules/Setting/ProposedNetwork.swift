internal import Addressing
internal import JSON

/// The fields of a JSON object that is a network; each may be invalid.
///
/// A class although immutable: every subject of the rules holds it, and a copy then costs one reference count.
final class ProposedNetwork: Sendable {
  let vlan: Field<Int>
  let clusterNetwork: Field<String>
  let range: Field<CIDRField>
  let exclusions: Field<[CIDRField]>
  let isExclusive: Field<Bool>
  /// The members whose keys are not exactly a known one.
  let unknownFields: [UnknownField]
  /// The paths of repeated keys, such as `labels.a`.
  let repeatedKeys: [String]

  struct UnknownField {
    let key: String
    /// The known key that Harvester reads it as, because Go ignores the case of keys.
    let matchedKey: KnownKey?
    /// Whether another key is read as the same known one.
    var isOneOfSeveral = false
  }

  /// Reads a text that is one JSON object.
  init(_ text: Span<UInt8>) throws(JSONError) {
    // The last field of each key in any case, as Harvester reads it; nil where there is none.
    var vlan: Field<Int>?
    var clusterNetwork: Field<String>?
    var range: Field<CIDRField>?
    var exclusions: Field<[CIDRField]>?
    var isExclusive: Field<Bool>?
    var unknownFields: [UnknownField] = []
    var memberCount = 0
    var reader = JSONReader(text)
    try reader.readMembers { key, reader throws(JSONError) in
      memberCount += 1
      let reading = KeyMatch(key)
      switch reading.key {
      case .vlan: vlan = try reader.readField { reader throws(JSONError) in try reader.readWholeNumber() }
      case .clusterNetwork: clusterNetwork = try reader.readField { reader throws(JSONError) in try reader.readText() }
      case .range: range = try reader.readField { reader throws(JSONError) in try reader.readCIDR() }
      case .exclude: exclusions = try reader.readField { reader throws(JSONError) in try reader.readCIDRs() }
      case .exclusiveVLAN:
        isExclusive = try reader.readField { reader throws(JSONError) in try reader.readBoolIfPresent() }
      case nil: try reader.skip()
      }
      if case .known = reading { return }
      unknownFields.append(UnknownField(key: key.string, matchedKey: reading.key))
    }
    try reader.readEnd()
    // Usually every member is a distinct field of its type, and then no key can be repeated.
    let plainCount =
      isPlain(vlan) + isPlain(clusterNetwork) + isPlain(range) + isPlain(exclusions) + isPlain(isExclusive)
    repeatedKeys = memberCount == plainCount ? [] : try JSONValue(parsing: text).repeatedKeys
    self.vlan = vlan ?? .absent
    self.clusterNetwork = clusterNetwork ?? .absent
    self.range = range ?? .absent
    self.exclusions = exclusions ?? .absent
    self.isExclusive = isExclusive ?? .absent
    self.unknownFields =
      unknownFields.contains { $0.matchedKey != nil } ? try Self.compare(unknownFields, in: text) : unknownFields
  }

  /// Marks unknown keys that Harvester reads as a key which the object has as well.
  private static func compare(_ unknownFields: [UnknownField], in text: Span<UInt8>) throws(JSONError) -> [UnknownField]
  {
    guard case .object(let members) = try JSONValue(parsing: text) else { return unknownFields }
    let keys = members.compactMap { KeyMatch($0.key).key }
    let repeated = KnownKey.allCases.filter { known in keys.lazy.filter { $0 == known }.count > 1 }
    return unknownFields.map { unknownField in
      var unknownField = unknownField
      unknownField.isOneOfSeveral = unknownField.matchedKey.map(repeated.contains) ?? false
      return unknownField
    }
  }
}

/// A field of the object.
enum Field<Value: Sendable>: Sendable {
  /// The key is missing or null; Go reads both as the zero value of the type.
  case absent
  case wrongType(JSONValue)
  case value(Value)

  var value: Value? {
    guard case .value(let value) = self else { return nil }
    return value
  }
}

/// Returns 1 for a present field of its type, else 0.
private func isPlain<Value>(_ field: Field<Value>?) -> Int {
  switch field {
  case .absent, .value: 1
  case .wrongType, nil: 0
  }
}

/// A CIDR with its text, which advice quotes.
struct CIDRField: Sendable {
  let text: String
  let reading: Result<CIDR, AddressError>

  init(_ text: String) {
    self.text = text
    reading = Result { () throws(AddressError) in try CIDR(text) }
  }

  var cidr: CIDR? { try? reading.get() }

  /// The network, if the text is one: an IPv4 CIDR without host bits.
  var network: IPv4Prefix? {
    guard let cidr, !cidr.hasHostBits else { return nil }
    return cidr.network
  }
}

// Values of one type; a value of another type is skipped and nil.
extension JSONReader {
  /// Reads the next field; `read` returns nil for a value of another type.
  fileprivate mutating func readField<Value>(
    _ read: (inout JSONReader) throws(JSONError) -> Value?
  ) throws(JSONError) -> Field<Value> {
    if try nextKind() == .null {
      try readNull()
      return .absent
    }
    let start = offset
    if let value = try read(&self) { return .value(value) }
    return .wrongType(try JSONValue(parsing: textRead(from: start)))
  }

  fileprivate mutating func readText() throws(JSONError) -> String? { try readStringIfPresent()?.string }

  fileprivate mutating func readCIDR() throws(JSONError) -> CIDRField? { try readText().map(CIDRField.init) }

  /// Nil if an element is not a string.
  fileprivate mutating func readCIDRs() throws(JSONError) -> [CIDRField]? {
    guard try nextKind() == .array else {
      try skip()
      return nil
    }
    var texts: [CIDRField] = []
    var count = 0
    try readElements { reader throws(JSONError) in
      count += 1
      if let text = try reader.readCIDR() { texts.append(text) }
    }
    return texts.count == count ? texts : nil
  }

  fileprivate mutating func readWholeNumber() throws(JSONError) -> Int? {
    guard try nextKind() == .number else {
      try skip()
      return nil
    }
    return try readNumber().wholeNumber
  }
}

extension JSONToken {
  /// A number without fraction and exponent, as Go reads an integer; one that is too large is clamped. Go rejects `-0` for
  /// an unsigned number.
  fileprivate var wholeNumber: Int? {
    let isNegative = raw[0] == UInt8(ascii: "-")
    var number = 0
    for offset in (isNegative ? 1 : 0)..<raw.count {
      let digit = Int(raw[offset]) - Int(UInt8(ascii: "0"))
      guard (0..<10).contains(digit) else { return nil }
      number = number <= (Int.max - digit) / 10 ? number * 10 + digit : Int.max
    }
    guard isNegative else { return number }
    return number == 0 ? nil : number == .max ? .min : -number
  }
}
