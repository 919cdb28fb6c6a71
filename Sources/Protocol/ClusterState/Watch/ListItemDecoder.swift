/// Splits the text of a list into its elements as it arrives, so that no page is ever buffered whole.
///
/// The elements are those of `items`, or of `rows` in a Table. Each is passed on when it is complete; the rest is a small
/// object in ``envelope``, which is parsed when the list has ended.
struct ListItemDecoder {
  /// The list without its elements.
  private(set) var envelope: [UInt8] = []
  /// The beginning of an incomplete element.
  private var pending: [UInt8] = []
  /// The number of open arrays and objects; an element is at 2.
  private var depth = 0
  private var isInElements = false
  private var place = Place.outside
  /// The printed column to read of a Table.
  private let columnName: String?
  /// Its index in each row; nil in a list of objects.
  private var column: Int?

  /// The position of the next byte relative to a string.
  private enum Place {
    case outside
    case string
    case escape
  }

  /// - Parameter element: Called with each element, and with the index of the column if the element is a row.
  typealias Handler = (_ element: Span<UInt8>, _ column: Int?) throws(StreamFailure) -> Void

  /// - Parameter column: The printed column that each row of a Table must have.
  init(column: String? = nil) {
    columnName = column
  }

  mutating func receive(_ bytes: Span<UInt8>, _ element: Handler) throws(StreamFailure) {
    // The start of the bytes that are not passed on yet.
    var start = 0
    var index = 0
    while index < bytes.count {
      switch place {
      case .outside:
        index = bytes.firstStructuralByte(from: index)
        if index < bytes.count { try pass(bytes, at: index, &start, element) }
      case .string:
        index = bytes.firstQuoteOrBackslash(from: index)
        if index < bytes.count { place = bytes[index] == UInt8(ascii: "\"") ? .outside : .escape }
      case .escape: place = .string
      }
      index += 1
    }
    if !isInElements {
      envelope.append(copying: bytes.extracting(start...))
    } else if depth > 2 {
      pending.append(copying: bytes.extracting(start...))
    }
    if max(pending.count, envelope.count) > WatchLimits.objectBytes { throw .tooLong }
  }

  /// Handles a quote, brace or bracket outside of strings.
  private mutating func pass(
    _ bytes: Span<UInt8>, at index: Int, _ start: inout Int, _ element: Handler
  ) throws(StreamFailure) {
    switch bytes[index] {
    case UInt8(ascii: "\""): place = .string
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      if isInElements, depth == 2 { start = index }
      depth += 1
      if depth == 2, bytes[index] == UInt8(ascii: "[") {
        envelope.append(copying: bytes.extracting(start...index))
        start = index + 1
        try enterArray()
      }
    default:
      depth -= 1
      if isInElements, depth == 2 {
        try handOver(bytes.extracting(start...index), element)
        start = index + 1
      } else if isInElements, depth == 1 {
        isInElements = false
        start = index
      }
    }
  }

  /// Enters an array among the list's own members; the envelope ends with its key.
  private mutating func enterArray() throws(StreamFailure) {
    if envelope.ends(withKey: "items") {
      isInElements = true
    } else if envelope.ends(withKey: "rows") {
      column = columnName.flatMap { TableColumns.index(of: $0, in: envelope) }
      guard column != nil else { throw .columnMissing }
      isInElements = true
    }
  }

  private mutating func handOver(_ end: Span<UInt8>, _ element: Handler) throws(StreamFailure) {
    if pending.count + end.count > WatchLimits.objectBytes { throw .tooLong }
    if pending.isEmpty { return try element(end, column) }
    pending.append(copying: end)
    try element(pending.span, column)
    pending.removeAll(keepingCapacity: true)
  }
}

extension Span<UInt8> {
  /// Returns the index of the first quote, brace or bracket; `count` if there is none.
  fileprivate func firstStructuralByte(from start: Int) -> Int {
    var index = start
    while index < count {
      let byte = self[index]
      // A bracket differs from its brace in one bit.
      let brace = byte | 0x20
      if byte == UInt8(ascii: "\"") || brace == UInt8(ascii: "{") || brace == UInt8(ascii: "}") { return index }
      index &+= 1
    }
    return index
  }

  /// Returns the index of the first quote or backslash; `count` if there is none.
  fileprivate func firstQuoteOrBackslash(from start: Int) -> Int {
    var index = start
    while index < count, self[index] != UInt8(ascii: "\""), self[index] != UInt8(ascii: "\\") { index &+= 1 }
    return index
  }
}

extension [UInt8] {
  /// Returns whether the text ends with this key and the bracket of its array.
  fileprivate func ends(withKey key: StaticString) -> Bool {
    let separators = [UInt8(ascii: "["), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D]
    let text = self[..<(lastIndex { !separators.contains($0) }.map { $0 + 1 } ?? 0)]
    return text.reversed().starts(with: Array("\"\(key)\"".utf8).reversed())
  }
}
