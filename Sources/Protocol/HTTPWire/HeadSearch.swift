/// Looks for the empty line that ends a head, going on where the bytes ended the last time.
struct HeadSearch {
  /// Where the line begins that is being looked at.
  private var lineStart = 0
  /// No line feed is between the line's start and here.
  private var searched = 0
  private var emptyLines = 0

  /// The count of bytes up to and with the empty line, or nil if it has not come.
  ///
  /// A line feed without carriage return is refused at once: waiting for the proper end of such a head would take until
  /// its deadline, and a proxy before us may have seen an end where we see none (RFC 9112 section 2.2).
  mutating func end(in bytes: Span<UInt8>) throws(HTTPRejection) -> Int? {
    while let lineFeed = bytes.firstLineFeed(from: searched) {
      guard lineFeed > lineStart, bytes[lineFeed - 1] == 0x0D else { throw .bareLineEnd }
      let isEmpty = lineFeed - lineStart == 1
      let isFirstLine = lineStart == 2 * emptyLines
      try bound(lineFeed, isFirstLine: isFirstLine)
      if isEmpty {
        // Empty lines before the request line are not its end.
        guard isFirstLine else { return lineFeed + 1 }
        emptyLines += 1
        if emptyLines > HTTPLimits.emptyLines { throw .tooManyEmptyLines }
      }
      lineStart = lineFeed + 1
      searched = lineStart
    }
    searched = bytes.count
    try bound(bytes.count, isFirstLine: lineStart == 2 * emptyLines)
    return nil
  }

  private func bound(_ place: Int, isFirstLine: Bool) throws(HTTPRejection) {
    // Method and version of a request line need less than 32 bytes.
    if isFirstLine, place - lineStart > HTTPLimits.target + 32 { throw .targetTooLong }
    if place > HTTPLimits.head { throw .headTooLarge }
  }
}
