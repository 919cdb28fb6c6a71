/// Reads JSON (RFC 8259) from left to right, once, and builds only what it is asked for.
///
/// The caller walks: ``enterObject()``, then ``nextKey()`` until it is nil, and for each key one `read…` or ``skip()``.
/// What is skipped is still checked to the last byte; nothing of it is copied. Size is the caller's limit, since the
/// caller holds the bytes.
public struct JSONReader: ~Copyable, ~Escapable {
  let bytes: Span<UInt8>
  /// Count of bytes already read.
  public internal(set) var offset = 0
  /// Containers entered by the caller and not yet left.
  var depth = 0
  /// Where strings may end, found ahead.
  var specials = SpecialBytes()
  /// True between `{` or `[` and the first thing behind it, where a comma must not stand.
  var isAtStartOfContainer = false

  @_lifetime(copy text)
  public init(_ text: Span<UInt8>) {
    bytes = text
  }

  /// What kind of value comes next, told by its first byte.
  public mutating func nextKind() throws(JSONError) -> JSONKind {
    switch try firstByte() {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
    case UInt8(ascii: "n"): .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number
    default: throw failure(.expectedValue)
    }
  }

  public mutating func enterObject() throws(JSONError) {
    try enter(UInt8(ascii: "{"), otherwise: .expectedObject)
  }

  public mutating func enterArray() throws(JSONError) {
    try enter(UInt8(ascii: "["), otherwise: .expectedArray)
  }

  /// The next key of the object that was entered, its colon read too; nil when the object has ended.
  @_lifetime(copy self)
  public mutating func nextKey() throws(JSONError) -> JSONText? {
    let byte = try firstByte()
    if byte == UInt8(ascii: "}") {
      leave()
      return nil
    }
    if isAtStartOfContainer {
      isAtStartOfContainer = false
    } else {
      guard byte == UInt8(ascii: ",") else { throw failure(.expectedCommaOrClosingBrace) }
      offset += 1
      _ = try firstByte()
    }
    return try readKey(at: offset)
  }

  /// Whether the array that was entered has another element, whose value is then to be read.
  public mutating func nextElement() throws(JSONError) -> Bool {
    let byte = try firstByte()
    if byte == UInt8(ascii: "]") {
      leave()
      return false
    }
    if isAtStartOfContainer {
      isAtStartOfContainer = false
      return true
    }
    guard byte == UInt8(ascii: ",") else { throw failure(.expectedCommaOrClosingBracket) }
    offset += 1
    return true
  }

  @_lifetime(copy self)
  public mutating func readString() throws(JSONError) -> JSONText {
    guard try firstByte() == UInt8(ascii: "\"") else { throw failure(.expectedString) }
    let start = offset
    let isPlain: Bool
    (offset, isPlain) = try bytes.placeBehindString(at: start, &specials)
    return text(start + 1..<offset - 1, isPlain: isPlain)
  }

  /// Reads a number and gives its text: JSON numbers have no width, so none is chosen here.
  @_lifetime(copy self)
  public mutating func readNumber() throws(JSONError) -> JSONText {
    _ = try firstByte()
    let start = offset
    offset = try bytes.placeBehindNumber(at: start)
    return text(start..<offset, isPlain: true)
  }

  public mutating func readBool() throws(JSONError) -> Bool {
    let isTrue = try firstByte() == UInt8(ascii: "t")
    offset = try bytes.placeBehindLiteral(isTrue ? "true" : "false", at: offset)
    return isTrue
  }

  public mutating func readNull() throws(JSONError) {
    _ = try firstByte()
    offset = try bytes.placeBehindLiteral("null", at: offset)
  }

  /// Requires that nothing but white space follows.
  public mutating func readEnd() throws(JSONError) {
    offset = bytes.placeBehindWhitespace(from: offset)
    if offset < bytes.count { throw failure(.trailingText) }
  }

  private mutating func enter(
    _ bracket: UInt8, otherwise problem: JSONError.Problem
  ) throws(JSONError) {
    guard try firstByte() == bracket else { throw failure(problem) }
    if depth == JSONLimits.depth { throw failure(.tooDeep) }
    offset += 1
    depth += 1
    isAtStartOfContainer = true
  }

  private mutating func leave() {
    offset += 1
    depth -= 1
    isAtStartOfContainer = false
  }

  @_lifetime(copy self)
  @inline(__always)
  private mutating func readKey(at start: Int) throws(JSONError) -> JSONText {
    guard bytes[checked: start] == UInt8(ascii: "\"") else { throw failure(.expectedKey) }
    let (end, isPlain) = try bytes.placeBehindString(at: start, &specials)
    offset = try bytes.placeBehindColon(from: end)
    return text(start + 1..<end - 1, isPlain: isPlain)
  }

  @inline(__always)
  mutating func firstByte() throws(JSONError) -> UInt8 {
    try bytes.firstByte(from: &offset)
  }

  func failure(_ problem: JSONError.Problem) -> JSONError {
    bytes.failure(problem, at: offset)
  }
}

/// The kinds of JSON values, true and false counted as one.
public enum JSONKind: Hashable, Sendable {
  case null, bool, number, string, array, object
}
