/// The tokens of RFC 8259: each function takes the offset of a token's start and returns the offset after it.
///
/// Offsets are passed in registers; stored in the reader they would be written and read at every step, which was
/// measured to be half of the cost.
extension Span<UInt8> {
  /// The byte at an offset that the caller has compared with `count`.
  @inline(__always)
  subscript(checked offset: Int) -> UInt8 {
    assert(offset >= 0 && offset < count)
    // Sound: see above; the assertion checks it in debug builds.
    return unsafe self[unchecked: offset]
  }

  @inline(__always)
  func failure(_ problem: JSONError.Problem, at offset: Int) -> JSONError {
    JSONError(problem: offset < count ? problem : .unexpectedEnd, offset: offset)
  }

  /// Advances `offset` past white space (section 2) and returns the byte there.
  @inline(__always)
  func firstByte(from offset: inout Int) throws(JSONError) -> UInt8 {
    if offset < count {
      let next = self[checked: offset]
      if next > 0x20 { return next }
    }
    offset = endOfWhitespace(from: offset)
    guard offset < count else { throw failure(.unexpectedEnd, at: offset) }
    return self[checked: offset]
  }

  @inline(never)
  func endOfWhitespace(from start: Int) -> Int {
    var offset = start
    while offset < count {
      switch self[checked: offset] {
      case 0x20, 0x0A, 0x0D, 0x09: offset += 1
      default: return offset
      }
    }
    return offset
  }

  /// Returns whether these two bytes are at the offset, the low byte first.
  @inline(__always)
  func has(pair: UInt16, at offset: Int) -> Bool {
    guard offset &+ 2 <= count else { return false }
    // Sound: two bytes are left; the load need not be aligned.
    return unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self).littleEndian == pair
  }

  func endOfColon(from start: Int) throws(JSONError) -> Int {
    var offset = start
    guard try firstByte(from: &offset) == UInt8(ascii: ":") else { throw failure(.expectedColon, at: offset) }
    return offset &+ 1
  }

  func endOfLiteral(_ literal: StaticString, at start: Int) throws(JSONError) -> Int {
    for index in 0..<literal.utf8CodeUnitCount {
      guard start + index < count else { throw failure(.unexpectedEnd, at: count) }
      // Sound: `index` is less than the literal's byte count.
      guard unsafe self[checked: start + index] == literal.utf8Start[index] else {
        throw failure(.invalidLiteral, at: start)
      }
    }
    return start + literal.utf8CodeUnitCount
  }

  /// Parses `[ minus ] int [ frac ] [ exp ]`, section 6.
  func endOfNumber(at start: Int) throws(JSONError) -> Int {
    var offset = start
    if has(UInt8(ascii: "-"), at: offset) { offset += 1 }
    if has(UInt8(ascii: "0"), at: offset) {
      offset += 1
      // A digit after a leading zero is part of no token; an error here reports the number, not a missing comma.
      if offset < count, isDigit(self[checked: offset]) { throw failure(.invalidNumber, at: offset) }
    } else {
      offset = try endOfDigits(from: offset)
    }
    if has(UInt8(ascii: "."), at: offset) { offset = try endOfDigits(from: offset + 1) }
    if has(UInt8(ascii: "e"), at: offset) || has(UInt8(ascii: "E"), at: offset) {
      offset += 1
      if has(UInt8(ascii: "+"), at: offset) || has(UInt8(ascii: "-"), at: offset) { offset += 1 }
      offset = try endOfDigits(from: offset)
    }
    return offset
  }

  private func endOfDigits(from start: Int) throws(JSONError) -> Int {
    var offset = start
    while offset < count, isDigit(self[checked: offset]) { offset += 1 }
    if offset == start { throw failure(.invalidNumber, at: offset) }
    return offset
  }

  @inline(__always)
  private func has(_ byte: UInt8, at offset: Int) -> Bool { offset < count && self[checked: offset] == byte }

  @inline(__always)
  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
