/// Splits the text of a watch into lines as it arrives; each line is one event.
///
/// The bytes after the last line feed are buffered. If the stream breaks they are lost; the server repeats the event.
struct LineDecoder {
  private var pending: [UInt8] = []

  var isBetweenLines: Bool { pending.isEmpty }

  mutating func receive(
    _ bytes: Span<UInt8>, _ line: (Span<UInt8>) throws(StreamFailure) -> Void
  ) throws(StreamFailure) {
    var start = 0
    while case let end = bytes.firstIndex(of: UInt8(ascii: "\n"), from: start), end < bytes.count {
      try handOver(bytes.extracting(start..<end), line)
      start = end + 1
    }
    pending.append(copying: bytes.extracting(start...))
    if pending.count > WatchLimits.objectBytes { throw .tooLong }
  }

  private mutating func handOver(
    _ end: Span<UInt8>, _ line: (Span<UInt8>) throws(StreamFailure) -> Void
  ) throws(StreamFailure) {
    if pending.count + end.count > WatchLimits.objectBytes { throw .tooLong }
    if pending.isEmpty {
      if end.count > 0 { try line(end) }
      return
    }
    pending.append(copying: end)
    try line(pending.span)
    pending.removeAll(keepingCapacity: true)
  }
}
