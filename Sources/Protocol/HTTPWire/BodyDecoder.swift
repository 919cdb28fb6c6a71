/// Decodes a request's body as it arrives.
struct BodyDecoder {
  private enum Progress {
    /// The byte range of a body without transfer coding.
    case plain(Range<Int>)
    case chunked(ChunkedDecoder)
  }

  private var progress: Progress
  /// The offset of the body's end; for a chunked body known only when it is complete.
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

  /// Returns whether the body is complete. Continues after the bytes of the last call.
  mutating func advance(over bytes: Span<UInt8>) throws(HTTPRejection) -> Bool {
    switch progress {
    case .plain(let range):
      return range.upperBound <= bytes.count
    case .chunked(var reader):
      // Replaced during the call, so that the decoder's array has one owner and is not copied.
      progress = .plain(0..<0)
      let isComplete = try reader.advance(over: bytes, from: &end)
      if end > HTTPLimits.chunkedBody { throw .bodyTooLarge }
      progress = .chunked(reader)
      return isComplete
    }
  }

  /// The number of decoded bytes, which are stored besides the received ones.
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
