/// A string or number as it stands in the text that is being read, not yet copied.
///
/// It was checked when it was read, so taking it out cannot fail.
package struct JSONText: ~Escapable {
  /// The bytes between the quotes, escapes and all.
  package let raw: Span<UInt8>
  /// True when `raw` has no escape and so is the string itself.
  package let isPlain: Bool

  @_lifetime(copy raw)
  init(raw: Span<UInt8>, isPlain: Bool) {
    self.raw = raw
    self.isPlain = isPlain
  }

  /// Whether this is exactly the given text, byte by byte.
  package func equals(_ literal: StaticString) -> Bool {
    guard isPlain else { return unsafe unescaped.elementsEqual(literal.bytes) }
    let count = literal.utf8CodeUnitCount
    guard raw.count == count else { return false }
    for index in 0..<count {
      // Sound: `index` is below both counts.
      guard unsafe raw[unchecked: index] == literal.utf8Start[index] else { return false }
    }
    return true
  }

  /// The string's UTF-8 bytes with all escapes resolved.
  package var unescaped: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    appendUnescaped(to: &bytes)
    return bytes
  }

  package var string: String { String(decoding: unescaped, as: UTF8.self) }

  private func appendUnescaped(to bytes: inout [UInt8]) {
    var offset = 0
    while offset < raw.count {
      let byte = raw[offset]
      offset += 1
      guard byte == UInt8(ascii: "\\"), !isPlain else {
        bytes.append(byte)
        continue
      }
      let escape = raw[offset]
      offset += 1
      switch escape {
      case UInt8(ascii: "b"): bytes.append(0x08)
      case UInt8(ascii: "f"): bytes.append(0x0C)
      case UInt8(ascii: "n"): bytes.append(0x0A)
      case UInt8(ascii: "r"): bytes.append(0x0D)
      case UInt8(ascii: "t"): bytes.append(0x09)
      case UInt8(ascii: "u"): appendScalar(at: &offset, to: &bytes)
      default: bytes.append(escape)
      }
    }
  }

  /// Reads the digits behind `\u`, and the second half of a surrogate pair (RFC 8259 section 7).
  private func appendScalar(at offset: inout Int, to bytes: inout [UInt8]) {
    var scalar = codeUnit(at: &offset)
    if scalar >= 0xD800, scalar < 0xE000 {
      offset += 2
      scalar = 0x10000 + (scalar - 0xD800) << 10 + (codeUnit(at: &offset) - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(scalar) else { preconditionFailure("the reader paired surrogates") }
    bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
  }

  private func codeUnit(at offset: inout Int) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      unit = unit << 4 | (hexadecimalDigit(raw[offset]) ?? 0)
      offset += 1
    }
    return unit
  }
}

extension JSONReader {
  @_lifetime(copy self)
  func text(_ range: Range<Int>, isPlain: Bool) -> JSONText {
    JSONText(raw: bytes.extracting(range), isPlain: isPlain)
  }
}

extension StaticString {
  /// The literal's UTF-8 bytes.
  var bytes: UnsafeBufferPointer<UInt8> {
    // Sound: a literal's bytes live as long as the program.
    unsafe UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}
