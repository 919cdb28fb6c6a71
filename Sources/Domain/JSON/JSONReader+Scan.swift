/// The grammar of RFC 8259, token by token.
extension JSONReader {
  @inline(__always)
  func byte(at place: Int) -> UInt8 { bytes[checked: place] }

  func failure(_ problem: JSONError.Problem) -> JSONError {
    JSONError(problem: offset < bytes.count ? problem : .unexpectedEnd, offset: offset)
  }

  /// Skips white space (RFC 8259 section 2) and gives the byte behind it without consuming it.
  @inline(__always)
  mutating func firstByte() throws(JSONError) -> UInt8 {
    if offset < bytes.count {
      let next = byte(at: offset)
      if next > 0x20 { return next }
    }
    skipWhitespace()
    guard offset < bytes.count else { throw failure(.unexpectedEnd) }
    return byte(at: offset)
  }

  mutating func skipWhitespace() {
    while offset < bytes.count {
      switch byte(at: offset) {
      case 0x20, 0x0A, 0x0D, 0x09: offset += 1
      default: return
      }
    }
  }

  @inline(__always)
  mutating func scanColon() throws(JSONError) {
    guard try firstByte() == UInt8(ascii: ":") else { throw failure(.expectedColon) }
    offset += 1
  }

  mutating func scanLiteral(_ literal: StaticString) throws(JSONError) {
    let start = offset
    for index in 0..<literal.utf8CodeUnitCount {
      // Sound: `index` is below the literal's own count of bytes.
      let expected = unsafe literal.utf8Start[index]
      guard offset < bytes.count, byte(at: offset) == expected else {
        if offset < bytes.count { offset = start }
        throw failure(.invalidLiteral)
      }
      offset += 1
    }
  }

  /// `[ minus ] int [ frac ] [ exp ]`, RFC 8259 section 6.
  mutating func scanNumber() throws(JSONError) {
    if offset < bytes.count, byte(at: offset) == UInt8(ascii: "-") { offset += 1 }
    if offset < bytes.count, byte(at: offset) == UInt8(ascii: "0") {
      offset += 1
      // A digit behind a leading zero belongs to no token; saying so here names the number, not the comma.
      if offset < bytes.count, isDigit(byte(at: offset)) { throw failure(.invalidNumber) }
    } else {
      try scanDigits()
    }
    if offset < bytes.count, byte(at: offset) == UInt8(ascii: ".") {
      offset += 1
      try scanDigits()
    }
    if offset < bytes.count, byte(at: offset) | 0x20 == UInt8(ascii: "e") {
      offset += 1
      if offset < bytes.count,
        byte(at: offset) == UInt8(ascii: "+") || byte(at: offset) == UInt8(ascii: "-")
      {
        offset += 1
      }
      try scanDigits()
    }
  }

  private mutating func scanDigits() throws(JSONError) {
    let start = offset
    while offset < bytes.count, isDigit(byte(at: offset)) { offset += 1 }
    if offset == start { throw failure(.invalidNumber) }
  }

  @inline(__always)
  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
