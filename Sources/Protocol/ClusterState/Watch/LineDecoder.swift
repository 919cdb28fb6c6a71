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
    for index in 0..<bytes.count where bytes[index] == UInt8(ascii: "\n") {
      try handOver(bytes.extracting(start..<index), line)
      start = index + 1
    }
    pending.append(copying: bytes.extracting(start...))
    if pending.count > WatchLimits.object { throw .tooLong }
  }

  private mutating func handOver(
    _ end: Span<UInt8>, _ line: (Span<UInt8>) throws(StreamFailure) -> Void
  ) throws(StreamFailure) {
    if pending.count + end.count > WatchLimits.object { throw .tooLong }
    if pending.isEmpty {
      if end.count > 0 { try line(end) }
      return
    }
    pending.append(copying: end)
    try line(pending.span)
    pending.removeAll(keepingCapacity: true)
  }
}

extension [UInt8] {
  mutating func append(copying bytes: Span<UInt8>) {
    // Sound: the bytes are copied within the call.
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
