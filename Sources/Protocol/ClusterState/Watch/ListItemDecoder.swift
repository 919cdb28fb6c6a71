/// Splits the text of a list into its elements as it arrives, so that no page is ever buffered whole.
///
/// The only array among a list's own members is `items`. Each element is passed on when it is complete; the rest is a
/// small object in ``envelope``, which is parsed when the list has ended.
struct ListItemDecoder {
  /// The list without its elements.
  private(set) var envelope: [UInt8] = []
  /// The beginning of an incomplete element.
  private var pending: [UInt8] = []
  /// The number of open arrays and objects; an element of `items` is at 2.
  private var depth = 0
  private var isInItems = false
  private var place = Place.outside

  /// The position of the next byte relative to a string.
  private enum Place {
    case outside
    case string
    case escape
  }

  mutating func receive(
    _ bytes: Span<UInt8>, _ element: (Span<UInt8>) throws(StreamFailure) -> Void
  ) throws(StreamFailure) {
    var start = 0
    for index in 0..<bytes.count {
      let wasInElement = isInItems && depth > 2
      let byte = bytes[index]
      switch place {
      case .escape: place = .string
      case .string:
        if byte == UInt8(ascii: "\\") { place = .escape } else if byte == UInt8(ascii: "\"") { place = .outside }
      case .outside: pass(byte)
      }
      let isInElement = isInItems && depth > 2
      if !wasInElement, isInElement { start = index }
      if wasInElement, !isInElement {
        try handOver(bytes.extracting(start...index), element)
        start = index + 1
      } else if !isInElement, !isInItems || depth < 2 {
        envelope.append(byte)
      }
    }
    if isInItems, depth > 2 {
      pending.append(copying: bytes.extracting(start...))
    }
    if max(pending.count, envelope.count) > WatchLimits.object { throw .tooLong }
  }

  private mutating func pass(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): place = .string
    case UInt8(ascii: "{"): depth += 1
    case UInt8(ascii: "["):
      if depth == 1 {
        isInItems = true
        envelope.append(byte)
      }
      depth += 1
    case UInt8(ascii: "}"): depth -= 1
    case UInt8(ascii: "]"):
      depth -= 1
      if depth == 1 { isInItems = false }
    default: break
    }
  }

  private mutating func handOver(
    _ end: Span<UInt8>, _ element: (Span<UInt8>) throws(StreamFailure) -> Void
  ) throws(StreamFailure) {
    if pending.count + end.count > WatchLimits.object { throw .tooLong }
    if pending.isEmpty { return try element(end) }
    pending.append(copying: end)
    try element(pending.span)
    pending.removeAll(keepingCapacity: true)
  }
}
