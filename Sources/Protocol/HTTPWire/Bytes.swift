/// Comparisons and searches of bytes for the HTTP parsers.
extension Span<UInt8> {
  package func equals(_ literal: StaticString) -> Bool {
    count == literal.utf8CodeUnitCount && hasSameBits(as: literal, ignoring: 0)
  }

  /// Compares and ignores the case of ASCII letters; the literal is in lower case.
  ///
  /// - Precondition: These bytes have no control character but the tab. The ignored bit is not only the case of
  ///   letters: it also distinguishes hyphens, colons, slashes and digits from control characters.
  package func equals(lowercase literal: StaticString) -> Bool {
    assert(firstControl(from: 0) == nil)
    return count == literal.utf8CodeUnitCount && hasSameBits(as: literal, ignoring: 0x20)
  }

  /// Compares and ignores the case of ASCII letters.
  func equalsIgnoringCase(_ other: Span<UInt8>) -> Bool {
    guard count == other.count else { return false }
    for index in indices where self[index].lowercased != other[index].lowercased { return false }
    return true
  }

  /// Returns whether all bits but the ignored ones equal the literal's, which has the same length.
  private func hasSameBits(as literal: StaticString, ignoring ignored: UInt8) -> Bool {
    var offset = 0
    let ignoredInWord = UInt64(ignored) &* Self.ones
    while offset &+ 8 <= count {
      // Sound: both have eight bytes left; the loads need not be aligned.
      let other = unsafe UnsafeRawPointer(literal.utf8Start).loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      if (word(at: offset) ^ other) & ~ignoredInWord != 0 { return false }
      offset &+= 8
    }
    while offset < count {
      // Sound: `offset` is less than both counts.
      if unsafe (self[unchecked: offset] ^ literal.utf8Start[offset]) & ~ignored != 0 { return false }
      offset &+= 1
    }
    return true
  }

  private static var ones: UInt64 { 0x0101_0101_0101_0101 }

  private func word(at offset: Int) -> UInt64 {
    // Sound: the caller has checked that eight bytes are left; the load need not be aligned.
    unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self)
  }

  /// Returns the top bit of each zero byte. The lowest one is exact, higher ones may be wrong; 0 without a zero byte.
  private static func zeros(in word: UInt64) -> UInt64 { (word &- ones) & ~word & (ones &* 0x80) }

  /// Returns the first index of a byte in a range, or nil.
  func first(_ byte: UInt8, in range: Range<Int>) -> Int? {
    precondition(range.upperBound <= count)
    var offset = range.lowerBound
    let wanted = Self.ones &* UInt64(byte)
    while offset &+ 8 <= range.upperBound {
      let hits = Self.zeros(in: word(at: offset) ^ wanted)
      if hits != 0 { return offset &+ hits.trailingZeroBitCount / 8 }
      offset &+= 8
    }
    while offset < range.upperBound {
      if self[offset] == byte { return offset }
      offset &+= 1
    }
    return nil
  }

  /// Returns the index of the next control character but the tab, or nil; fields have none (RFC 9110 section 5.5).
  func firstControl(from start: Int) -> Int? {
    var offset = start
    while offset &+ 8 <= count {
      // Bytes whose three top bits are 0, and 0x7F.
      let word = word(at: offset)
      var hits = Self.zeros(in: word & (Self.ones &* 0xE0)) | Self.zeros(in: word ^ Self.ones &* 0x7F)
      while hits != 0 {
        let hit = offset &+ hits.trailingZeroBitCount / 8
        if self[hit].isControl { return hit }
        hits &= hits &- 1
      }
      offset &+= 8
    }
    while offset < count {
      if self[offset].isControl { return offset }
      offset &+= 1
    }
    return nil
  }
}

extension UInt8 {
  var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

  /// The byte with an ASCII letter in lower case.
  var lowercased: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }

  /// Whether this is a character of a token, such as a method or field name (RFC 9110 section 5.6.2).
  var isTokenCharacter: Bool { ASCIISet.token.contains(self) }

  /// Whether this is a control character that a field's value must not have: any but the tab (RFC 9110 section 5.5).
  var isControl: Bool { self < 0x20 && self != 0x09 || self == 0x7F }

  /// Whether this is a space or tab, which may surround a field's value (RFC 9110 section 5.6.3).
  var isWhitespace: Bool { self == 0x20 || self == 0x09 }

  var hexadecimalValue: Int? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(self) - 0x30
    case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(self) - 0x57
    case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(self) - 0x37
    default: nil
    }
  }
}

extension Span<UInt8> {
  /// Whether this is a valid method or field name (RFC 9110 section 5.6.2).
  var isToken: Bool {
    for index in indices where !self[index].isTokenCharacter { return false }
    return count > 0
  }

  /// Returns a range without the whitespace at its ends.
  func withoutWhitespace(_ range: Range<Int>) -> Range<Int> {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end, self[start].isWhitespace { start += 1 }
    while start < end, self[end - 1].isWhitespace { end -= 1 }
    return start..<end
  }

  /// The value of a number of digits only: no sign, no list of equal numbers, nothing that parsers read differently.
  /// A number too large for `Int` becomes another one that exceeds every limit.
  var decimalValue: Int? {
    guard count > 0 else { return nil }
    var number = 0
    for index in indices {
      guard self[index].isDigit else { return nil }
      let (shifted, overflow) = number.multipliedReportingOverflow(by: 10)
      number = overflow || shifted > Int.max - 9 ? Int.max / 16 : shifted + Int(self[index] - 0x30)
    }
    return number
  }
}

extension [UInt8] {
  mutating func append(_ literal: StaticString) {
    // Sound: a literal's bytes are never freed.
    unsafe append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  mutating func append(_ bytes: Span<UInt8>) {
    // Sound: the bytes are copied within the call.
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  mutating func append(decimal number: Int) {
    // An Int has at most twenty digits.
    append(addingCapacity: 20) { $0.append(decimal: number) }
  }
}

extension OutputSpan<UInt8> {
  /// - Precondition: `number` is not negative.
  mutating func append(decimal number: Int) {
    if number >= 10 { append(decimal: number / 10) }
    append(UInt8(ascii: "0") + UInt8(number % 10))
  }
}

/// A set of ASCII characters, one bit each. The bits are integer literals, because a static that is computed at launch
/// costs a check at every use.
struct ASCIISet {
  /// The bits of the characters below 64, and of those from 64 on.
  let low: UInt64
  let high: UInt64

  @inline(__always)
  func contains(_ byte: UInt8) -> Bool {
    let bits = byte < 64 ? low : high
    return byte < 128 && bits &>> UInt64(byte) & 1 == 1
  }

  /// Letters, digits and ``!#$%&'*+-.^_`|~``: the characters of a token (RFC 9110 section 5.6.2).
  static let token = ASCIISet(low: 0x03FF_6CFA_0000_0000, high: 0x57FF_FFFF_C7FF_FFFE)
  /// Letters, digits and `-._~%!$&'()*+;=`: the characters of a host name (RFC 3986 section 3.2.2) except the comma,
  /// which would join two hosts.
  static let hostName = ASCIISet(low: 0x2BFF_6FF2_0000_0000, high: 0x47FF_FFFE_87FF_FFFE)
  /// Hexadecimal digits, `:` and `.`: the characters of an IPv6 address.
  static let address = ASCIISet(low: 0x07FF_4000_0000_0000, high: 0x0000_007E_0000_007E)
}
