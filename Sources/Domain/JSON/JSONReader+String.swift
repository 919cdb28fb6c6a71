/// Strings, RFC 8259 section 7, most of what a review consists of: eight bytes at a time while nothing is special.
extension JSONReader {
  /// Scans from the opening quote to behind the closing one.
  @_lifetime(copy self)
  mutating func scanString() throws(JSONError) -> JSONText {
    let start = offset + 1
    let isPlain = try passString()
    return text(start..<(offset - 1), isPlain: isPlain)
  }

  /// Moves behind the string that starts at `offset`; tells whether it had no escape.
  mutating func passString() throws(JSONError) -> Bool {
    var isPlain = true
    // Local copies stay in registers, where the reader's own fields would be read and written at every step.
    let bytes = self.bytes
    var place = offset + 1
    while true {
      place = bytes.placeOfSpecialByte(from: place)
      guard place < bytes.count else {
        offset = bytes.count
        throw failure(.unexpectedEnd)
      }
      switch bytes[checked: place] {
      case UInt8(ascii: "\""):
        offset = place + 1
        return isPlain
      case UInt8(ascii: "\\"):
        isPlain = false
        // An escaped quote is the commonest escape by far: JSON in JSON.
        if place + 1 < bytes.count, bytes[checked: place + 1] == UInt8(ascii: "\"") {
          place += 2
        } else {
          offset = place
          try passEscape()
          place = offset
        }
      case ..<0x20:
        offset = place
        throw failure(.controlCharacterInString)
      default:
        offset = place
        try passMultibyteScalar()
        place = offset
      }
    }
  }

  private mutating func passEscape() throws(JSONError) {
    let start = offset
    guard offset + 1 < bytes.count else {
      offset = bytes.count
      throw failure(.unexpectedEnd)
    }
    switch byte(at: offset + 1) {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      offset += 2
    case UInt8(ascii: "u"):
      let unit = try passCodeUnit()
      guard (0xD800...0xDFFF).contains(unit) else { return }
      // Only a high half followed at once by a low half stands for a character.
      guard unit < 0xDC00, offset < bytes.count, byte(at: offset) == UInt8(ascii: "\\"),
        offset + 1 < bytes.count, byte(at: offset + 1) == UInt8(ascii: "u"),
        (0xDC00...0xDFFF).contains(try passCodeUnit())
      else {
        throw JSONError(problem: .unpairedSurrogate, offset: start)
      }
    default:
      throw failure(.invalidEscape)
    }
  }

  /// Reads `\u` and its four hexadecimal digits.
  private mutating func passCodeUnit() throws(JSONError) -> UInt32 {
    let start = offset
    offset += 2
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard offset < bytes.count else { throw failure(.unexpectedEnd) }
      guard let digit = hexadecimalDigit(byte(at: offset)) else {
        throw JSONError(problem: .invalidEscape, offset: start)
      }
      unit = unit << 4 | digit
      offset += 1
    }
    return unit
  }

  /// Well-formed UTF-8 only (Unicode 15, table 3-7): no overlong form, no surrogate, nothing above U+10FFFF.
  private mutating func passMultibyteScalar() throws(JSONError) {
    let lead = byte(at: offset)
    let (length, second): (Int, ClosedRange<UInt8>) =
      switch lead {
      case 0xC2...0xDF: (2, 0x80...0xBF)
      case 0xE0: (3, 0xA0...0xBF)
      case 0xED: (3, 0x80...0x9F)
      case 0xE1...0xEF: (3, 0x80...0xBF)
      case 0xF0: (4, 0x90...0xBF)
      case 0xF1...0xF3: (4, 0x80...0xBF)
      case 0xF4: (4, 0x80...0x8F)
      default: throw failure(.invalidUTF8)
      }
    guard offset + length <= bytes.count, second.contains(byte(at: offset + 1)) else {
      throw failure(.invalidUTF8)
    }
    for place in (offset + 2)..<(offset + length) where byte(at: place) & 0xC0 != 0x80 {
      throw failure(.invalidUTF8)
    }
    offset += length
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

extension Span<UInt8> {
  /// The byte at a place that the caller has compared with `count`.
  @inline(__always)
  subscript(checked place: Int) -> UInt8 {
    assert(place >= 0 && place < count)
    // Sound: see above; the assertion keeps it so in debug builds.
    return unsafe self[unchecked: place]
  }

  /// The next quote, backslash, control character or byte that is not ASCII, or the end.
  @inline(__always)
  fileprivate func placeOfSpecialByte(from start: Int) -> Int {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let tops: UInt64 = 0x8080_8080_8080_8080
    var place = start
    while place + 8 <= count {
      // Sound: eight bytes are left; the load need not be aligned.
      let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
      // A byte's top bit gets set where it is a quote, a backslash or below a space: the subtraction borrows. The
      // borrow can reach bytes above a hit, never below it, so the lowest set bit is exact.
      let quote = (word ^ (ones &* 0x22)) &- ones
      let backslash = (word ^ (ones &* 0x5C)) &- ones
      let control = word &- (ones &* 0x20)
      let special = (quote | backslash | control | word) & tops
      if special != 0 { return place + special.trailingZeroBitCount / 8 }
      place += 8
    }
    while place < count {
      let byte = self[checked: place]
      if byte == 0x22 || byte == 0x5C || byte < 0x20 || byte >= 0x80 { return place }
      place += 1
    }
    return place
  }
}
