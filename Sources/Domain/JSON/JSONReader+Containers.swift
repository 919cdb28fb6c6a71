/// Walking through objects and arrays; a value of another kind is passed over.
extension JSONReader {
  /// Hands over each member of the object that comes next; a value that `member` leaves unread is skipped.
  public mutating func readMembers(
    _ member: (borrowing JSONToken, inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    guard try enters(UInt8(ascii: "{"), UInt8(ascii: "}")) else { return }
    repeat {
      let key = try readKey()
      let start = offset
      try member(key, &self)
      if offset == start { try skip() }
    } while try goesOn(until: UInt8(ascii: "}"), otherwise: .expectedCommaOrClosingBrace)
  }

  /// Hands over each element of the array that comes next; one that `element` leaves unread is skipped.
  public mutating func readElements(
    _ element: (inout JSONReader) throws(JSONError) -> Void
  ) throws(JSONError) {
    guard try enters(UInt8(ascii: "["), UInt8(ascii: "]")) else { return }
    repeat {
      let start = offset
      try element(&self)
      if offset == start { try skip() }
    } while try goesOn(until: UInt8(ascii: "]"), otherwise: .expectedCommaOrClosingBracket)
  }

  /// Moves to the first thing in the container that comes next; passes over an empty one and over any other value.
  @inline(__always)
  private mutating func enters(_ opening: UInt8, _ closing: UInt8) throws(JSONError) -> Bool {
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

  /// Moves over a comma to what comes next, or over the end of the container.
  @inline(__always)
  private mutating func goesOn(
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

  /// Moves behind a key and its colon, to the value.
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
