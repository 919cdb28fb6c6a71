/// A string or number as it stands in the text that is being read, not yet copied.
///
/// It was checked when it was read, so taking it out cannot fail.
public struct JSONText: ~Escapable {
  /// The bytes between the quotes, escapes and all.
  public let raw: Span<UInt8>
  /// True when `raw` has no escape and so is the string itself.
  public let isPlain: Bool

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
  public func equals(_ literal: StaticString) -> Bool {
    if isPlain, raw.count != literal.utf8CodeUnitCount { return false }
    return equalsBytes(of: literal)
  }

  @usableFromInline
  func equalsBytes(of literal: StaticString) -> Bool {
    guard isPlain else { return unsafe unescaped.elementsEqual(literal.bytes) }
    let count = raw.count
    var place = 0
    while place &+ 8 <= count {
      guard word(at: place) == literal.word(at: place) else { return false }
      place &+= 8
    }
    // Once more the last eight bytes, some of them a second time, instead of each byte that is left.
    if count >= 8 { return word(at: count &- 8) == literal.word(at: count &- 8) }
    while place < count {
      // Sound: `place` is below both counts, which are equal.
      guard unsafe raw[unchecked: place] == literal.utf8Start[place] else { return false }
      place &+= 1
    }
    return true
  }

  @inline(__always)
  private func word(at place: Int) -> UInt64 {
    // Sound: the caller has seen that eight bytes follow; the load need not be aligned.
    unsafe raw.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
  }

  /// The string's UTF-8 bytes with all escapes resolved.
  public var unescaped: [UInt8] {
    // Sound: the bytes are copied within the call.
    if isPlain { return unsafe raw.withUnsafeBufferPointer { unsafe Array($0) } }
    // Sound: an escape is never shorter than what it stands for, so there is room for everything.
    return unsafe [UInt8](unsafeUninitializedCapacity: raw.count) { buffer, count in
      var output = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
      appendUnescaped(to: &output)
      count = unsafe output.finalize(for: buffer)
    }
  }

  public var string: String {
    // Sound: the buffer is used within the call that lends it.
    isPlain
      ? unsafe raw.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
      : String(decoding: unescaped, as: UTF8.self)
  }

  private func appendUnescaped(to output: inout OutputSpan<UInt8>) {
    var place = 0
    while place < raw.count {
      let byte = raw[place]
      if byte == UInt8(ascii: "\\") {
        place = appendEscaped(at: place, to: &output)
      } else {
        output.append(byte)
        place += 1
      }
    }
  }

  /// Resolves the escape at a backslash and gives the place behind it.
  private func appendEscaped(at backslash: Int, to output: inout OutputSpan<UInt8>) -> Int {
    switch raw[backslash + 1] {
    case UInt8(ascii: "b"): output.append(0x08)
    case UInt8(ascii: "f"): output.append(0x0C)
    case UInt8(ascii: "n"): output.append(0x0A)
    case UInt8(ascii: "r"): output.append(0x0D)
    case UInt8(ascii: "t"): output.append(0x09)
    case UInt8(ascii: "u"): return appendScalar(at: backslash, to: &output)
    case let itself: output.append(itself)
    }
    return backslash + 2
  }

  /// Resolves a `\u` escape, or two that make a surrogate pair (RFC 8259 section 7).
  private func appendScalar(at backslash: Int, to output: inout OutputSpan<UInt8>) -> Int {
    var end = backslash + 6
    var value = codeUnit(at: backslash + 2)
    if (0xD800...0xDBFF).contains(value) {
      value = 0x10000 + (value - 0xD800) << 10 + (codeUnit(at: end + 2) - 0xDC00)
      end += 6
    }
    guard let scalar = Unicode.Scalar(value) else { preconditionFailure("the reader checked the surrogates") }
    for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { output.append(byte) }
    return end
  }

  private func codeUnit(at start: Int) -> UInt32 {
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

  /// Eight of the literal's bytes; the caller has seen that so many follow.
  @inline(__always)
  fileprivate func word(at place: Int) -> UInt64 {
    unsafe UnsafeRawPointer(utf8Start).loadUnaligned(fromByteOffset: place, as: UInt64.self)
  }
}
