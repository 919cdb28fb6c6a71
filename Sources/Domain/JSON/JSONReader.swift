/// Reads JSON (RFC 8259) from left to right, once, and builds only what it is asked for.
///
/// The caller walks: ``readMembers(_:)`` hands over one key after the other, and the caller reads its value or leaves it.
/// What is left is still checked to the last byte; nothing of it is copied. Size is the caller's limit, since the caller
/// holds the bytes.
public struct JSONReader: ~Copyable, ~Escapable {
  let bytes: Span<UInt8>
  /// Count of bytes already read.
  public internal(set) var offset = 0
  /// Containers that are being walked.
  var depth = 0
  /// Where strings may end, found ahead.
  var specials = SpecialBytes()

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

  @_lifetime(copy self)
  public mutating func readString() throws(JSONError) -> JSONToken {
    guard try firstByte() == UInt8(ascii: "\"") else { throw failure(.expectedString) }
    let start = offset
    let isPlain: Bool
    (offset, isPlain) = try bytes.endOfString(at: start, &specials)
    return text(from: start &+ 1, to: offset &- 1, isPlain: isPlain)
  }

  /// Reads a number and gives its text: JSON numbers have no width, so none is chosen here.
  @_lifetime(copy self)
  public mutating func readNumber() throws(JSONError) -> JSONToken {
    _ = try firstByte()
    let start = offset
    offset = try bytes.endOfNumber(at: start)
    return text(from: start, to: offset, isPlain: true)
  }

  public mutating func readBool() throws(JSONError) -> Bool {
    let isTrue = try firstByte() == UInt8(ascii: "t")
    offset = try bytes.endOfLiteral(isTrue ? "true" : "false", at: offset)
    return isTrue
  }

  public mutating func readNull() throws(JSONError) {
    _ = try firstByte()
    offset = try bytes.endOfLiteral("null", at: offset)
  }

  /// What was read from this place on, as it was written.
  @_lifetime(copy self)
  public func textRead(from start: Int) -> Span<UInt8> { bytes.extracting(start..<offset) }

  /// Requires that nothing but white space follows.
  public mutating func readEnd() throws(JSONError) {
    offset = bytes.endOfWhitespace(from: offset)
    if offset < bytes.count { throw failure(.trailingText) }
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
