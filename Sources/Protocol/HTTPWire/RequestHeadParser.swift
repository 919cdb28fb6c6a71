/// Reads a request's head as it arrives: each line once, as soon as its end has come.
struct RequestHeadParser {
  /// What the lines so far say.
  private(set) var head = RequestHead()
  /// Where the line begins that is being looked at.
  private var lineStart = 0
  /// No control character but tabs is between the line's start and here.
  private var searched = 0
  private var emptyLines = 0
  /// Those that are not empty.
  private var lines = 0

  /// Reads on, and gives the count of bytes up to and with the empty line that ends the head, or nil if it has not come.
  mutating func advance(over bytes: Span<UInt8>) throws(HTTPRejection) -> Int? {
    while let line = try nextLine(of: bytes) {
      if !line.isEmpty {
        try take(line, of: bytes)
      } else if lines > 0 {
        try head.validate(bytes)
        return lineStart
      } else {
        // Empty lines before the request line are not the head's end.
        emptyLines += 1
        if emptyLines > HTTPLimits.emptyLines { throw .tooManyEmptyLines }
      }
    }
    return nil
  }

  /// The client was told to go on, which it is told once.
  mutating func continueWasSent() { head.expectsContinue = false }

  private mutating func take(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRejection) {
    if lines == 0 { try head.parseRequestLine(line, of: bytes) } else { try head.parseField(line, of: bytes) }
    lines += 1
    if lines > 1 + HTTPLimits.fieldCount { throw .tooManyFields }
  }

  /// The next line without its end, or nil where it is not whole yet.
  ///
  /// A line ends in CR LF, and holds no control character but the tab. Any other one is refused at once: behind a line
  /// feed alone, a proxy before us may have seen an end where we see none (RFC 9112 section 2.2), and waiting for the
  /// proper end of such a head would take until its deadline.
  private mutating func nextLine(of bytes: Span<UInt8>) throws(HTTPRejection) -> Range<Int>? {
    let end = bytes.firstControl(from: searched) ?? bytes.count
    try bound(end)
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

  /// Refuses a line that goes on so far that its head is too large, and a request line that does so before its head is:
  /// the methods that there are and the version need less than 32 bytes, the rest is a target that is too long.
  private func bound(_ end: Int) throws(HTTPRejection) {
    if lines == 0, end - lineStart > HTTPLimits.target + 32 { throw .targetTooLong }
    if end + 2 > HTTPLimits.head { throw .headTooLarge }
  }

  private var malformedLine: HTTPRejection { lines == 0 ? .malformedRequestLine : .malformedField }
}
