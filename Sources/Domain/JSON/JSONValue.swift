/// A JSON value as a tree, for the few texts that need random access.
public enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// The number's original text; JSON numbers have no width.
  case number(String)
  case string(String)
  case array([JSONValue])
  /// The members in their original order, including duplicate keys.
  case object([JSONMember])

  public var kind: JSONKind {
    switch self {
    case .null: .null
    case .bool: .bool
    case .number: .number
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }
}

public struct JSONMember: Sendable {
  public let key: String
  public let value: JSONValue

  public init(key: String, value: JSONValue) {
    self.key = key
    self.value = value
  }
}

extension JSONValue {
  /// Parses a whole text: one value with optional white space around it.
  public init(parsing text: Span<UInt8>) throws(JSONError) {
    var reader = JSONReader(text)
    self = try reader.readValue()
    try reader.readEnd()
  }

  public init(parsing text: [UInt8]) throws(JSONError) {
    self = try JSONValue(parsing: text.span)
  }

  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }

  /// Nil for a value of another kind.
  public var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// Nil for a value of another kind, a number with a fraction or an exponent, and one too large for `Int`.
  public var integer: Int? {
    guard case .number(let digits) = self else { return nil }
    return Int(digits)
  }
}

extension JSONReader {
  public mutating func readValue() throws(JSONError) -> JSONValue {
    switch try nextKind() {
    case .null:
      try readNull()
      return .null
    case .bool: return .bool(try readBool())
    case .number: return .number(try readNumber().string)
    case .string: return .string(try readString().string)
    case .array:
      var elements: [JSONValue] = []
      try readElements { reader throws(JSONError) in elements.append(try reader.readValue()) }
      return .array(elements)
    case .object:
      var members: [JSONMember] = []
      try readMembers { key, reader throws(JSONError) in
        // Objects read as a tree have few members; growing one by one would move them three times.
        if members.isEmpty { members.reserveCapacity(8) }
        members.append(JSONMember(key: key.string, value: try reader.readValue()))
      }
      return .object(members)
    }
  }
}
