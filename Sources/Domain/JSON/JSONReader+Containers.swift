/// Iterates over objects and arrays; a value of another kind is skipped.
extension JSONReader {
  /// Calls `member` with each member of the next object; a value that it does not read is skipped.
  public mutating func readMembers(
    _ member: (borrowing JSONToken, inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    guard try enterContainer(UInt8(ascii: "{"), UInt8(ascii: "}")) else { return }
    repeat {
      let key = try readKey()
      let start = offset
      try member(key, &self)
      if offset == start { try skip() }
    } while try advance(until: UInt8(ascii: "}"), otherwise: .expectedCommaOrClosingBrace)
  }

  /// Calls `element` for each element of the next array; one that it does not read is skipped.
  public mutating func readElements(
    _ element: (inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    guard try enterContainer(UInt8(ascii: "["), UInt8(ascii: "]")) else { return }
    repeat {
      let start = offset
      try element(&self)
      if offset == start { try skip() }
    } while try advance(until: UInt8(ascii: "]"), otherwise: .expectedCommaOrClosingBracket)
  }

  /// Advances to the value of the first member with this name in the next object; the rest of the object stays unread.
  /// Returns false, behind the value, if there is none or the value is no object.
  public mutating func enterMember(_ name: StaticString) throws(JSONError) -> Bool {
    guard try enterContainer(UInt8(ascii: "{"), UInt8(ascii: "}")) else { return false }
    repeat {
      if try readKey().equals(name) { return true }
      try skip()
    } while try advance(until: UInt8(ascii: "}"), otherwise: .expectedCommaOrClosingBrace)
    return false
  }

  /// Enters the next container and returns true, or skips an empty one or any other value.
  @inline(__always)
  private mutating func enterContainer(_ opening: UInt8, _ closing: UInt8) throws(JSONError) -> Bool {
    guard try firstByte() == opening else {
      try skip()
      return false
    }
    if depth == JSONLimits.depth { throw failure(.tooDeep) }
    offset &+= 1
    if try firstByte() == closing {
      offset &+= 1
      return false
    }
    depth &+= 1
    return true
  }

  /// Advances past a comma to the next item and returns true, or past the end of the container.
  @inline(__always)
  private mutating func advance(
    until closing: UInt8, otherwise problem: JSONError.Problem
  ) throws(JSONError) -> Bool {
    let byte = try firstByte()
    if byte == UInt8(ascii: ",") {
      offset &+= 1
      _ = try firstByte()
      return true
    }
    guard byte == closing else { throw failure(problem) }
    offset &+= 1
    depth &-= 1
    return false
  }

  /// Reads a key and its colon, up to the value.
  @_lifetime(copy self)
  @inline(__always)
  private mutating func readKey() throws(JSONError) -> JSONToken {
    let start = offset
    let (end, value, isPlain) = try bytes.endsOfKey(at: start, &specials)
    offset = value
    _ = try firstByte()
    return text(from: start &+ 1, to: end &- 1, isPlain: isPlain)
  }
}
