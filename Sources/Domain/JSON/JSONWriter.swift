/// Writes JSON without white space, strings with the fewest escapes that RFC 8259 allows.
public struct JSONWriter: ~Copyable {
  public private(set) var bytes: [UInt8] = []

  public init(capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  /// Appends punctuation, keys and other text that is already JSON.
  public mutating func append(raw literal: StaticString) {
    unsafe bytes.append(contentsOf: literal.bytes)
  }

  public mutating func append(raw text: [UInt8]) {
    bytes.append(contentsOf: text)
  }

  public mutating func append(_ number: Int) {
    bytes.append(contentsOf: String(number).utf8)
  }

  public mutating func append(_ text: String) {
    append(string: text.utf8.span)
  }

  /// Appends a string in quotes: only the quote, the backslash and control characters need an escape (section 7).
  public mutating func append(string text: Span<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    var specials = SpecialBytes()
    var offset = 0
    while true {
      let special = specials.offset(from: offset, in: text)
      // Sound: the bytes are copied within the call.
      unsafe text.extracting(offset..<special).withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
      if special == text.count { break }
      append(special: text[special])
      offset = special + 1
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func append(special byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append(raw: #"\""#)
    case UInt8(ascii: "\\"): append(raw: #"\\"#)
    case 0x08: append(raw: "\\b")
    case 0x09: append(raw: "\\t")
    case 0x0A: append(raw: "\\n")
    case 0x0C: append(raw: "\\f")
    case 0x0D: append(raw: "\\r")
    case ..<0x20:
      append(raw: byte < 0x10 ? "\\u000" : "\\u001")
      bytes.append(contentsOf: String(byte & 0x0F, radix: 16).utf8)
    default: bytes.append(byte)
    }
  }

  /// Appends a value with the keys of every object in byte order.
  public mutating func append(sorted value: JSONValue) {
    switch value {
    case .null: append(raw: "null")
    case .bool(let bool): append(raw: bool ? "true" : "false")
    case .number(let digits): append(raw: Array(digits.utf8))
    case .string(let string): append(string)
    case .array(let elements): append(array: elements)
    case .object(let members): append(object: members.sortedByKey)
    }
  }

  public mutating func append(array elements: [JSONValue]) {
    append(raw: "[")
    for (index, element) in elements.enumerated() {
      if index > 0 { append(raw: ",") }
      append(sorted: element)
    }
    append(raw: "]")
  }

  /// Appends the members in the given order; objects in their values are sorted.
  public mutating func append(object members: [JSONMember]) {
    append(raw: "{")
    for (index, member) in members.enumerated() {
      if index > 0 { append(raw: ",") }
      append(member.key)
      append(raw: ":")
      append(sorted: member.value)
    }
    append(raw: "}")
  }
}

extension [JSONMember] {
  /// The members in byte order, not Swift's: strings that look the same may have different bytes.
  public var sortedByKey: [JSONMember] {
    sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }
}
