/// The tokens of RFC 8259: each function takes the place where a token begins and gives the place behind it.
///
/// Places go through in registers; held in the reader they would be written and read again at every step, which was
/// measured to be half of the cost.
extension Span<UInt8> {
  /// The byte at a place that the caller has compared with `count`.
  @inline(__always)
  subscript(checked place: Int) -> UInt8 {
    assert(place >= 0 && place < count)
    // Sound: see above; the assertion keeps it so in debug builds.
    return unsafe self[unchecked: place]
  }

  @inline(__always)
  func failure(_ problem: JSONError.Problem, at place: Int) -> JSONError {
    JSONError(problem: place < count ? problem : .unexpectedEnd, offset: place)
  }

  /// The first byte behind white space (section 2), to which `place` moves.
  @inline(__always)
  func firstByte(from place: inout Int) throws(JSONError) -> UInt8 {
    if place < count {
      let next = self[checked: place]
      if next > 0x20 { return next }
    }
    place = placeBehindWhitespace(from: place)
    guard place < count else { throw failure(.unexpectedEnd, at: place) }
    return self[checked: place]
  }

  @inline(never)
  func placeBehindWhitespace(from start: Int) -> Int {
    var place = start
    while place < count {
      switch self[checked: place] {
      case 0x20, 0x0A, 0x0D, 0x09: place += 1
      default: return place
      }
    }
    return place
  }

  /// Whether these two bytes stand here, the first one lowest.
  @inline(__always)
  func has(pair: UInt16, at place: Int) -> Bool {
    guard place &+ 2 <= count else { return false }
    // Sound: two bytes are left; the load need not be aligned.
    return unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt16.self).littleEndian == pair
  }

  func placeBehindColon(from start: Int) throws(JSONError) -> Int {
    var place = start
    guard try firstByte(from: &place) == UInt8(ascii: ":") else { throw failure(.expectedColon, at: place) }
    return place &+ 1
  }

  func placeBehindLiteral(_ literal: StaticString, at start: Int) throws(JSONError) -> Int {
    for index in 0..<literal.utf8CodeUnitCount {
      guard start + index < count else { throw failure(.unexpectedEnd, at: count) }
      // Sound: `index` is below the literal's own count of bytes.
      guard unsafe self[checked: start + index] == literal.utf8Start[index] else {
        throw failure(.invalidLiteral, at: start)
      }
    }
    return start + literal.utf8CodeUnitCount
  }

  /// `[ minus ] int [ frac ] [ exp ]`, section 6.
  func placeBehindNumber(at start: Int) throws(JSONError) -> Int {
    var place = start
    if has(UInt8(ascii: "-"), at: place) { place += 1 }
    if has(UInt8(ascii: "0"), at: place) {
      place += 1
      // A digit behind a leading zero belongs to no token; saying so here names the number, not the comma.
      if place < count, isDigit(self[checked: place]) { throw failure(.invalidNumber, at: place) }
    } else {
      place = try placeBehindDigits(from: place)
    }
    if has(UInt8(ascii: "."), at: place) { place = try placeBehindDigits(from: place + 1) }
    if has(UInt8(ascii: "e"), at: place) || has(UInt8(ascii: "E"), at: place) {
      place += 1
      if has(UInt8(ascii: "+"), at: place) || has(UInt8(ascii: "-"), at: place) { place += 1 }
      place = try placeBehindDigits(from: place)
    }
    return place
  }

  private func placeBehindDigits(from start: Int) throws(JSONError) -> Int {
    var place = start
    while place < count, isDigit(self[checked: place]) { place += 1 }
    if place == start { throw failure(.invalidNumber, at: place) }
    return place
  }

  @inline(__always)
  private func has(_ byte: UInt8, at place: Int) -> Bool { place < count && self[checked: place] == byte }

  @inline(__always)
  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}
