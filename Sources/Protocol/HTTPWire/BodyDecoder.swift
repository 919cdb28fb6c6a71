/// Follows a request's body as it arrives.
struct BodyDecoder {
  private enum Progress {
    /// The body is the bytes as they stand.
    case plain(Range<Int>)
    case chunked(ChunkedDecoder)
  }

  private var progress: Progress
  /// Where the body ends, which is only known of a chunked one when it is whole.
  private(set) var end: Int

  init(_ framing: RequestHead.Framing, startingAt start: Int) {
    switch framing {
    case .none:
      progress = .plain(start..<start)
      end = start
    case .length(let length):
      progress = .plain(start..<start + length)
      end = start + length
    case .chunked:
      progress = .chunked(ChunkedDecoder())
      end = start
    }
  }

  /// Whether the body is whole. Bytes that were seen before are not looked at again.
  mutating func advance(over bytes: Span<UInt8>) throws(HTTPRejection) -> Bool {
    switch progress {
    case .plain(let range):
      return range.upperBound <= bytes.count
    case .chunked(var reader):
      // Emptied while it grows, so that the array inside is not copied.
      progress = .plain(0..<0)
      let isWhole = try reader.advance(over: bytes, from: &end)
      if end > HTTPLimits.chunkedBody { throw .bodyTooLarge }
      progress = .chunked(reader)
      return isWhole
    }
  }

  /// What was decoded out of the bytes, and so is held beside them.
  var decodedCount: Int {
    switch progress {
    case .plain: 0
    case .chunked(let reader): reader.content.count
    }
  }

  func withBody<Result>(in bytes: Span<UInt8>, _ use: (Span<UInt8>) -> Result) -> Result {
    switch progress {
    case .plain(let range): use(bytes.extracting(range))
    case .chunked(let reader): use(reader.content.span)
    }
  }
}
