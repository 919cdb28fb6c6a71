/// Strings, RFC 8259 section 7, most of a review's bytes: ``SpecialBytes`` finds their ends.
extension Span<UInt8> {
  /// Returns the offset after the closing quote of the string at `start`, and whether it has no escape.
  ///
  /// Inlined up to the first special byte, which in most strings is the closing quote.
  @inline(__always)
  func endOfString(
    at start: Int, _ specials: inout SpecialBytes
  ) throws(JSONError) -> (offset: Int, isPlain: Bool) {
    let offset = specials.offset(from: start &+ 1, in: self)
    if offset < count, self[checked: offset] == UInt8(ascii: "\"") { return (offset &+ 1, true) }
    return try endOfString(resumingAt: offset, specials)
  }

  /// Returns the end of the key at `start`, the offset after its colon, and whether the key has no escape.
  ///
  /// Inlined for a key directly followed by its colon, as nearly always.
  @inline(__always)
  func endsOfKey(
    at start: Int, _ specials: inout SpecialBytes
  ) throws(JSONError) -> (end: Int, value: Int, isPlain: Bool) {
    guard self[checked: start] == UInt8(ascii: "\"") else { throw failure(.expectedKey, at: start) }
    let offset = specials.offset(from: start &+ 1, in: self)
    if has(pair: Self.quoteColon, at: offset) { return (offset &+ 1, offset &+ 2, true) }
    let (end, isPlain) = try endOfString(resumingAt: offset, specials)
    return (end, try endOfColon(from: end), isPlain)
  }

  /// `,"`
  static var commaQuote: UInt16 { 0x222C }
  /// `":`
  private static var quoteColon: UInt16 { 0x3A22 }

  /// - Parameter known: A copy, so that the caller's own stays in registers.
  private func endOfString(
    resumingAt special: Int, _ known: SpecialBytes
  ) throws(JSONError) -> (offset: Int, isPlain: Bool) {
    var specials = known
    var isPlain = true
    var offset = special
    while offset < count {
      switch self[checked: offset] {
      case UInt8(ascii: "\""):
        return (offset + 1, isPlain)
      case UInt8(ascii: "\\"):
        isPlain = false
        // An escaped quote is by far the most frequent escape: JSON in JSON.
        let isQuote = offset + 1 < count && self[checked: offset + 1] == UInt8(ascii: "\"")
        offset = isQuote ? offset + 2 : try endOfEscape(at: offset)
      case ..<0x20:
        throw failure(.controlCharacterInString, at: offset)
      default:
        offset = try endOfMultibyteScalar(at: offset)
      }
      offset = specials.offset(from: offset, in: self)
    }
    throw failure(.unexpectedEnd, at: count)
  }

  private func endOfEscape(at start: Int) throws(JSONError) -> Int {
    guard start + 1 < count else { throw failure(.unexpectedEnd, at: count) }
    switch self[checked: start + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return start + 2
    case UInt8(ascii: "u"):
      let unit = try codeUnit(escapedAt: start)
      let next = start + 6
      guard (0xD800...0xDFFF).contains(unit) else { return next }
      // Only a high surrogate directly followed by a low one encodes a character.
      guard unit < 0xDC00, next + 1 < count, self[checked: next] == UInt8(ascii: "\\"),
        self[checked: next + 1] == UInt8(ascii: "u"), (0xDC00...0xDFFF).contains(try codeUnit(escapedAt: next))
      else {
        throw JSONError(problem: .unpairedSurrogate, offset: start)
      }
      return next + 6
    default:
      throw failure(.invalidEscape, at: start)
    }
  }

  /// Parses `\u` and its four hexadecimal digits.
  private func codeUnit(escapedAt start: Int) throws(JSONError) -> UInt32 {
    var unit: UInt32 = 0
    for offset in (start + 2)..<(start + 6) {
      guard offset < count else { throw failure(.unexpectedEnd, at: count) }
      guard let digit = hexadecimalDigit(self[checked: offset]) else {
        throw JSONError(problem: .invalidEscape, offset: start)
      }
      unit = unit << 4 | digit
    }
    return unit
  }

  /// Accepts well-formed UTF-8 only (Unicode 15, table 3-7): no overlong form, no surrogate, nothing above U+10FFFF.
  private func endOfMultibyteScalar(at start: Int) throws(JSONError) -> Int {
    let (length, second): (Int, ClosedRange<UInt8>) =
      switch self[checked: start] {
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: throw failure(.invalidUTF8, at: start)
      }
    guard start + length <= count, second.contains(self[checked: start + 1]) else {
      throw failure(.invalidUTF8, at: start)
    }
    for offset in (start + 2)..<(start + length) where self[checked: offset] & 0xC0 != 0x80 {
      throw failure(.invalidUTF8, at: start)
    }
    return start + length
  }
}

func hexadecimalDigit(_ byte: UInt8) -> UInt32? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
  default: nil
  }
}
