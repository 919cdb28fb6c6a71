/// Small questions about bytes that parsing HTTP keeps asking.
extension Span<UInt8> {
  package func equals(_ literal: StaticString) -> Bool {
    guard count == literal.utf8CodeUnitCount else { return false }
    for index in 0..<count {
      // Sound: `index` is below both counts.
      guard unsafe self[unchecked: index] == literal.utf8Start[index] else { return false }
    }
    return true
  }

  /// Compares without regard to the case of ASCII letters; the literal is in lower case.
  package func equals(lowercase literal: StaticString) -> Bool {
    guard count == literal.utf8CodeUnitCount else { return false }
    for index in 0..<count {
      // Sound: `index` is below both counts.
      guard unsafe self[unchecked: index].lowercased == literal.utf8Start[index] else { return false }
    }
    return true
  }

  /// The place of the next line feed, or nil.
  func firstLineFeed(from start: Int) -> Int? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var place = start
    while place + 8 <= count {
      // Sound: eight bytes are left; the load need not be aligned.
      let word = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
      let difference = word ^ (ones &* 0x0A)
      // Where a byte of the difference is zero, its top bit gets set; the lowest one set is exact.
      let hits = (difference &- ones) & ~difference & (ones &* 0x80)
      if hits != 0 { return place + hits.trailingZeroBitCount / 8 }
      place += 8
    }
    while place < count {
      if self[place] == 0x0A { return place }
      place += 1
    }
    return nil
  }

  /// Whether a range holds only what RFC 9110 section 5.5 allows in a field's value: no control character but the tab.
  func isFieldValue(_ range: Range<Int>) -> Bool {
    for place in range {
      // Sound: every caller takes the range from this span.
      let byte = unsafe self[unchecked: place]
      if byte < 0x20 && byte != 0x09 || byte == 0x7F { return false }
    }
    return true
  }
}

extension UInt8 {
  var lowercased: UInt8 { self &- UInt8(ascii: "A") < 26 ? self | 0x20 : self }
  var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }

  /// A character of a token (RFC 9110 section 5.6.2): method names and field names consist of them.
  var isTokenCharacter: Bool {
    switch self {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."),
      UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
      UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "^"), UInt8(ascii: "`"),
      UInt8(ascii: "|"), UInt8(ascii: "~"):
      true
    default: false
    }
  }

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
  /// The number that digits alone make: no sign, no list of equal numbers, nothing that another parser may read
  /// otherwise. A number too large for a word is the largest word, which is over every limit.
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
    // Sound: a literal's bytes live as long as the program.
    unsafe append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
  }

  mutating func append(_ bytes: Span<UInt8>) {
    // Sound: the bytes are copied within the call.
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }

  mutating func append(decimal number: Int) {
    if number >= 10 { append(decimal: number / 10) }
    append(UInt8(ascii: "0") + UInt8(number % 10))
  }
}
