/// Follows the frames of an HTTP/2 peer as far as it takes to know how much of a header block has come (RFC 9113 sections
/// 4.1 and 4.3).
///
/// Until a block has ended, nghttp2 keeps the field of it that is not whole. It does so in blocks that it ignores too, and
/// of their continuation it tells nobody.
struct HeaderBlock {
  /// Of the block that has begun and not ended; 0 between blocks.
  private(set) var bytes = 0
  /// Of the longest block that was in what came last, whether or not it has ended there.
  private(set) var longest = 0
  /// What has come of the frame header, and of the payload what has not. The preface is passed over like a frame.
  private var header = InlineArray<9, UInt8>(repeating: 0)
  private var headerCount = 0
  private var payloadLeft = 24
  /// The current frame carries a part of a block, and the last one.
  private var carries = false
  private var ends = false

  mutating func pass(_ received: Span<UInt8>) {
    longest = bytes
    var place = 0
    while place < received.count {
      if payloadLeft > 0 {
        place += passPayload(atMost: received.count - place)
      } else if headerCount == 0, received.count - place >= header.count {
        beginFrame(received.extracting(place..<place + header.count))
        place += header.count
      } else {
        header[headerCount] = received[place]
        (headerCount, place) = (headerCount + 1, place + 1)
        if headerCount == header.count { endHeader() }
      }
    }
  }

  /// The header came in pieces.
  private mutating func endHeader() {
    headerCount = 0
    let header = header
    beginFrame(header.span)
  }

  private mutating func beginFrame(_ header: Span<UInt8>) {
    payloadLeft = Int(header[0]) << 16 | Int(header[1]) << 8 | Int(header[2])
    let (headers, continuation): (UInt8, UInt8) = (1, 9)
    carries = header[3] == headers || header[3] == continuation
    // END_HEADERS
    ends = carries && header[4] & 4 != 0
    // Nothing but its continuation may come within a block; nghttp2 ends the connection for anything else.
    if header[3] != continuation { bytes = 0 }
    if payloadLeft == 0 { endFrame() }
  }

  private mutating func passPayload(atMost available: Int) -> Int {
    let count = min(payloadLeft, available)
    payloadLeft -= count
    if carries {
      bytes += count
      longest = max(longest, bytes)
    }
    if payloadLeft == 0 { endFrame() }
    return count
  }

  private mutating func endFrame() {
    if ends { bytes = 0 }
  }
}
