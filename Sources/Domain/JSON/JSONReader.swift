/// Parses JSON (RFC 8259) from left to right in one pass, and builds only requested values.
///
/// ``readMembers(_:)`` calls its closure with each key, and the closure reads the value or leaves it. Skipped values
/// are still checked to the last byte, but not copied. The caller, which holds the bytes, limits their size.
public struct JSONReader: ~Copyable, ~Escapable {
  let bytes: Span<UInt8>
  /// The number of bytes already read.
  public internal(set) var offset = 0
  /// The number of containers being read.
  var depth = 0
  /// The positions where strings may end, searched ahead.
  var specials = SpecialBytes()

  @_lifetime(copy text)
  public init(_ text: Span<UInt8>) {
    bytes = text
  }

  /// Returns the kind of the next value, from its first byte.
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

  /// Reads a number and returns its text: JSON numbers have no width.
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

  /// Returns the text from `start` to the current offset, unchanged.
  @_lifetime(copy self)
  public func textRead(from start: Int) -> Span<UInt8> { bytes.extracting(start..<offset) }

  /// Requires that only white space follows.
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

/// The kinds of JSON values; true and false are one kind.
public enum JSONKind: Hashable, Sendable {
  case null, bool, number, string, array, object
}
