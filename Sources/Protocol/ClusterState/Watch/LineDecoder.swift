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
    while let end = bytes.firstLineFeed(from: start) {
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

extension Span<UInt8> {
  /// Eight bytes at a time: of an event of 4 KiB one by one, this was a twentieth of its cost.
  fileprivate func firstLineFeed(from start: Int) -> Int? {
    let ones: UInt64 = 0x0101_0101_0101_0101
    var index = start
    while index &+ 8 <= count {
      // Sound: eight bytes are left; the load need not be aligned.
      let word = UInt64(
        littleEndian: unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: index, as: UInt64.self))
      let difference = word ^ (ones &* UInt64(UInt8(ascii: "\n")))
      // The lowest bit that is set belongs to the first byte that is equal.
      let equal = (difference &- ones) & ~difference & (ones &* 0x80)
      if equal != 0 { return index &+ equal.trailingZeroBitCount / 8 }
      index &+= 8
    }
    while index < count {
      if self[index] == UInt8(ascii: "\n") { return index }
      index &+= 1
    }
    return nil
  }
}

extension [UInt8] {
  mutating func append(copying bytes: Span<UInt8>) {
    // Sound: the bytes are copied within the call.
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}
