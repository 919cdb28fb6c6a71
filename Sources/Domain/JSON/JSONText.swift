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
  ///
  /// The lengths are compared where the question is asked: a reader asks it of each key for every name it knows, and
  /// measured, the calls were a tenth of reading a review.
  @inlinable @inline(__always)
  package func equals(_ literal: StaticString) -> Bool {
    if isPlain, raw.count != literal.utf8CodeUnitCount { return false }
    return equalsBytes(of: literal)
  }

  @usableFromInline
  func equalsBytes(of literal: StaticString) -> Bool {
    guard isPlain else { return unsafe unescaped.elementsEqual(literal.bytes) }
    for index in 0..<raw.count {
      // Sound: `index` is below both counts, which are equal.
      guard unsafe raw[unchecked: index] == literal.utf8Start[index] else { return false }
    }
    return true
  }

  /// The string's UTF-8 bytes with all escapes resolved.
  package var unescaped: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    // Sound: the buffer is used within the call that lends it.
    unsafe raw.withUnsafeBufferPointer { text in
      var rest = unsafe text[...]
      while !isPlain, let escape = unsafe rest.firstIndex(of: UInt8(ascii: "\\")) {
        unsafe bytes.append(contentsOf: rest[..<escape])
        unsafe rest = rest[Self.appendEscaped(from: raw, at: escape, to: &bytes)...]
      }
      unsafe bytes.append(contentsOf: rest)
    }
    return bytes
  }

  package var string: String { String(decoding: unescaped, as: UTF8.self) }

  /// Resolves the escape at a backslash and gives the place behind it.
  private static func appendEscaped(from raw: Span<UInt8>, at backslash: Int, to bytes: inout [UInt8]) -> Int {
    switch raw[backslash + 1] {
    case UInt8(ascii: "b"): bytes.append(0x08)
    case UInt8(ascii: "f"): bytes.append(0x0C)
    case UInt8(ascii: "n"): bytes.append(0x0A)
    case UInt8(ascii: "r"): bytes.append(0x0D)
    case UInt8(ascii: "t"): bytes.append(0x09)
    case UInt8(ascii: "u"): return appendScalar(from: raw, at: backslash, to: &bytes)
    case let itself: bytes.append(itself)
    }
    return backslash + 2
  }

  /// Resolves a `\u` escape, or two that make a surrogate pair (RFC 8259 section 7).
  private static func appendScalar(from raw: Span<UInt8>, at backslash: Int, to bytes: inout [UInt8]) -> Int {
    var end = backslash + 6
    var value = codeUnit(raw, at: backslash + 2)
    if (0xD800...0xDBFF).contains(value) {
      value = 0x10000 + (value - 0xD800) << 10 + (codeUnit(raw, at: end + 2) - 0xDC00)
      end += 6
    }
    guard let scalar = Unicode.Scalar(value) else { preconditionFailure("the reader checked the surrogates") }
    bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    return end
  }

  private static func codeUnit(_ raw: Span<UInt8>, at start: Int) -> UInt32 {
    (start..<start + 4).reduce(0) { $0 << 4 | (hexadecimalDigit(raw[$1]) ?? 0) }
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
