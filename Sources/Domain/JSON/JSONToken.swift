/// A string or number in the parsed text, not yet copied.
///
/// The reader has checked it, so decoding cannot fail.
public struct JSONToken: ~Escapable {
  /// The bytes between the quotes, with escapes.
  public let raw: Span<UInt8>
  /// Whether `raw` has no escape and so equals the string.
  public let isPlain: Bool

  @_lifetime(copy raw)
  init(raw: Span<UInt8>, isPlain: Bool) {
    self.raw = raw
    self.isPlain = isPlain
  }

  /// Returns whether this equals the literal, byte by byte.
  ///
  /// Inlined: a reader compares each key with every known name, and the literal's length and bytes are then constants.
  /// Measured, calls instead were a tenth of reading a review.
  @inlinable @inline(__always)
  public func equals(_ literal: StaticString) -> Bool {
    if isPlain { return raw.count == literal.utf8CodeUnitCount && hasSameBytes(as: literal) }
    return equalsUnescaped(literal)
  }

  /// - Precondition: `literal` has as many bytes as `raw`.
  @inlinable @inline(__always)
  func hasSameBytes(as literal: StaticString) -> Bool {
    let count = literal.utf8CodeUnitCount
    // The last word overlaps the one before it, instead of a loop over the remaining bytes.
    if count >= 8 {
      for offset in stride(from: 0, to: count &- 8, by: 8) where !hasSame(UInt64.self, as: literal, at: offset) {
        return false
      }
      return hasSame(UInt64.self, as: literal, at: count &- 8)
    }
    if count >= 4 {
      return hasSame(UInt32.self, as: literal, at: 0) && hasSame(UInt32.self, as: literal, at: count &- 4)
    }
    for offset in 0..<count where !hasSame(UInt8.self, as: literal, at: offset) { return false }
    return true
  }

  @inlinable @inline(__always)
  func hasSame<Word: FixedWidthInteger & BitwiseCopyable>(
    _: Word.Type, as literal: StaticString, at offset: Int
  ) -> Bool {
    // Sound: the caller has checked that both have a word left; the loads need not be aligned.
    unsafe raw.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: Word.self)
      == UnsafeRawPointer(literal.utf8Start).loadUnaligned(fromByteOffset: offset, as: Word.self)
  }

  @usableFromInline @inline(never)
  func equalsUnescaped(_ literal: StaticString) -> Bool { unsafe unescaped.elementsEqual(literal.bytes) }

  /// The string's UTF-8 bytes with all escapes decoded.
  public var unescaped: [UInt8] {
    // Sound: the bytes are copied within the call.
    if isPlain { return unsafe raw.withUnsafeBufferPointer { unsafe Array($0) } }
    // Appended, because the initialisers with a closure look up the array's type at run time.
    var bytes: [UInt8] = []
    bytes.append(addingCapacity: raw.count) { output in
      // Sound: the capacity is sufficient.
      unsafe output.withUnsafeMutableBufferPointer { unsafe $1 = unescape(into: $0) }
    }
    return bytes
  }

  public var string: String {
    // Sound: the capacity is sufficient.
    unsafe String(unsafeUninitializedCapacity: raw.count) { unsafe write(into: $0) }
  }

  /// Writes the string with all escapes decoded and returns the number of bytes.
  ///
  /// - Precondition: `buffer` has at least as many bytes as `raw`.
  private func write(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    if !isPlain { return unsafe unescape(into: buffer) }
    // Sound: see above, and the text does not overlap the buffer.
    unsafe raw.bytes.withUnsafeBytes { unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
    return raw.count
  }

  /// - Precondition: The same; an escape is never shorter than its character.
  private func unescape(into buffer: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var (offset, count) = (0, 0)
    while offset < raw.count {
      var byte = raw[checked: offset]
      offset &+= 1
      if byte == UInt8(ascii: "\\") {
        // Sound: the reader has checked that a character follows.
        byte = raw[checked: offset]
        offset &+= 1
        switch byte {
        case UInt8(ascii: "b"): byte = 0x08
        case UInt8(ascii: "f"): byte = 0x0C
        case UInt8(ascii: "n"): byte = 0x0A
        case UInt8(ascii: "r"): byte = 0x0D
        case UInt8(ascii: "t"): byte = 0x09
        case UInt8(ascii: "u"):
          for byte in scalar(afterEscapeAt: &offset) {
            unsafe buffer[count] = byte
            count &+= 1
          }
          continue
        default: break
        }
      }
      unsafe buffer[count] = byte
      count &+= 1
    }
    return count
  }

  /// Decodes a `\u` escape whose digits begin at `offset`, or two of a surrogate pair (RFC 8259 section 7); advances
  /// `offset` past it.
  private func scalar(afterEscapeAt offset: inout Int) -> Unicode.UTF8.EncodedScalar {
    var value = codeUnit(at: offset)
    offset += 4
    if (0xD800...0xDBFF).contains(value) {
      value = 0x10000 + (value - 0xD800) << 10 + (codeUnit(at: offset + 2) - 0xDC00)
      offset += 6
    }
    guard let scalar = Unicode.Scalar(value), let bytes = UTF8.encode(scalar) else {
      preconditionFailure("the reader checked the surrogates")
    }
    return bytes
  }

  private func codeUnit(at start: Int) -> UInt32 {
    (start..<start + 4).reduce(0) { $0 << 4 | (hexadecimalDigit(raw[$1]) ?? 0) }
  }
}

extension JSONReader {
  /// - Precondition: Both offsets are in the text, in this order.
  @_lifetime(copy self)
  @inline(__always)
  func text(from start: Int, to end: Int, isPlain: Bool) -> JSONToken {
    assert(0 <= start && start <= end && end <= bytes.count)
    // Sound: see above; the assertion checks it in debug builds.
    return JSONToken(raw: unsafe bytes.extracting(unchecked: Range(uncheckedBounds: (start, end))), isPlain: isPlain)
  }
}

extension String {
  /// Returns whether both have the same bytes.
  ///
  /// For untrusted text: Swift's own comparison and hashing normalise first (Unicode 15, chapter 3.11), which takes
  /// quadratic time for many combining marks, seconds for 64 KiB.
  @inlinable
  public func isExactly(_ other: String) -> Bool {
    let (mine, others) = (utf8, other.utf8)
    guard mine.count == others.count else { return false }
    let (one, another) = (mine.span, others.span)
    for offset in one.indices where one[offset] != another[offset] { return false }
    return true
  }
}

extension StaticString {
  /// The literal's UTF-8 bytes.
  var bytes: UnsafeBufferPointer<UInt8> {
    // Sound: a literal's bytes are never freed.
    unsafe UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
  }
}
