/// The stream IDs that a peer has used and skipped.
///
/// IDs only grow, and a skipped one is closed for good (RFC 9113 section 5.1.1).
struct HTTP2StreamIDs {
  /// The highest ID so far.
  private var highest: Int32 = -1
  /// The ranges of skipped IDs below it.
  private var skipped: [Range<Int32>] = []

  func isSkipped(_ id: Int32) -> Bool { skipped.contains { $0.contains(id) } }

  /// Records a new stream; its ID is the highest.
  mutating func open(_ id: Int32) {
    if id > highest + 2, skipped.count < HTTPLimits.maxSkippedRanges { skipped.append(highest + 1..<id) }
    highest = id
  }
}
