/// Parses a request's head as it arrives: each line once, as soon as it is complete.
struct RequestHeadParser {
  /// The result of the lines so far.
  private(set) var head = RequestHead()
  /// The offset of the current line.
  private var lineStart = 0
  /// The offset up to which the current line has no control character but tabs.
  private var searched = 0
  private var emptyLines = 0
  /// The number of lines that are not empty.
  private var lines = 0

  /// Parses on and returns the length of the head with the empty line that ends it, or nil if that has not arrived.
  mutating func advance(over bytes: Span<UInt8>) throws(HTTPRejection) -> Int? {
    while let line = try nextLine(of: bytes) {
      if !line.isEmpty {
        try parse(line, of: bytes)
      } else if lines > 0 {
        try head.validate(bytes)
        return lineStart
      } else {
        // Empty lines before the request line do not end the head.
        emptyLines += 1
        if emptyLines > HTTPLimits.emptyLines { throw .tooManyEmptyLines }
      }
    }
    return nil
  }

  /// Records that `100 Continue` was sent, which happens once.
  mutating func recordContinueSent() { head.expectsContinue = false }

  private mutating func parse(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRejection) {
    if lines == 0 { try head.parseRequestLine(line, of: bytes) } else { try head.parseField(line, of: bytes) }
    lines += 1
    if lines > 1 + HTTPLimits.fieldCount { throw .tooManyFields }
  }

  /// Returns the next line without its end, or nil if it is incomplete.
  ///
  /// A line ends in CR LF and has no control character but the tab. Any other is rejected at once: at a lone line feed,
  /// a proxy may see a line end where this parser sees none (RFC 9112 section 2.2), and waiting for the proper end of
  /// such a head would take until its deadline.
  private mutating func nextLine(of bytes: Span<UInt8>) throws(HTTPRejection) -> Range<Int>? {
    let end = bytes.firstControl(from: searched) ?? bytes.count
    try checkLength(end)
    if end < bytes.count, bytes[end] != 0x0D { throw bytes[end] == 0x0A ? .bareLineEnd : malformedLine }
    guard end + 1 < bytes.count else {
      searched = end
      return nil
    }
    guard bytes[end + 1] == 0x0A else { throw malformedLine }
    defer {
      lineStart = end + 2
      searched = lineStart
    }
    return lineStart..<end
  }

  /// Rejects a line with which the head is too large, and earlier a request line that is too long: the known methods
  /// and the version need less than 32 bytes, so the target is too long.
  private func checkLength(_ end: Int) throws(HTTPRejection) {
    if lines == 0, end - lineStart > HTTPLimits.target + 32 { throw .targetTooLong }
    if end + 2 > HTTPLimits.head { throw .headTooLarge }
  }

  private var malformedLine: HTTPRejection { lines == 0 ? .malformedRequestLine : .malformedField }
}
