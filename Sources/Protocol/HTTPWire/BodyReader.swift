/// Follows a request's body as it arrives.
struct BodyReader {
  private enum Progress {
    /// The body is the bytes as they stand.
    case plain(Range<Int>)
    case chunked(ChunkReader)
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
      progress = .chunked(ChunkReader())
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

/// Decodes the chunked transfer coding (RFC 9112 section 7.1), byte by byte so that any split is the same.
struct ChunkReader {
  private enum Step {
    case size(digits: Int, value: Int)
    case sizeLine(length: Int, value: Int, isQuoted: Bool)
    case sizeLineFeed(value: Int)
    case data(remaining: Int)
    case dataReturn
    case dataLineFeed
    case trailer(lineLength: Int, total: Int)
    case trailerLineFeed(lineLength: Int, total: Int)
    case done
  }

  private var step = Step.size(digits: 0, value: 0)
  private(set) var content: [UInt8] = []

  /// Reads on from `place`, which moves along; true when the last chunk and the trailer have been read.
  mutating func advance(over bytes: Span<UInt8>, from place: inout Int) throws(HTTPRejection) -> Bool {
    while place < bytes.count {
      if case .data(let remaining) = step {
        let count = min(remaining, bytes.count - place)
        content.append(bytes.extracting(place..<place + count))
        place += count
        step = count == remaining ? .dataReturn : .data(remaining: remaining - count)
        continue
      }
      step = try next(bytes[place])
      place += 1
      if case .done = step { return true }
    }
    return false
  }

  private func next(_ byte: UInt8) throws(HTTPRejection) -> Step {
    switch step {
    case .size(let digits, let value):
      return try size(byte, digits: digits, value: value)
    case .sizeLine(let length, let value, let isQuoted):
      return try sizeLine(byte, length: length, value: value, isQuoted: isQuoted)
    case .sizeLineFeed(let value):
      guard byte == 0x0A else { throw .badChunk }
      if value == 0 { return .trailer(lineLength: 0, total: 0) }
      if content.count + value > HTTPLimits.body { throw .bodyTooLarge }
      return .data(remaining: value)
    case .dataReturn:
      guard byte == 0x0D else { throw .badChunk }
      return .dataLineFeed
    case .dataLineFeed:
      guard byte == 0x0A else { throw .badChunk }
      return .size(digits: 0, value: 0)
    case .trailer(let lineLength, let total):
      return try trailer(byte, lineLength: lineLength, total: total)
    case .trailerLineFeed(let lineLength, let total):
      guard byte == 0x0A else { throw .bareLineEnd }
      return lineLength == 0 ? .done : .trailer(lineLength: 0, total: total + 2)
    case .data, .done:
      preconditionFailure("data is taken in runs, and nothing is read behind the end")
    }
  }

  /// At most eight hexadecimal digits: more can only be an attempt to make a parser overflow.
  private func size(_ byte: UInt8, digits: Int, value: Int) throws(HTTPRejection) -> Step {
    if let digit = byte.hexadecimalValue {
      guard digits < 8 else { throw .badChunk }
      return .size(digits: digits + 1, value: value << 4 | digit)
    }
    guard digits > 0 else { throw .badChunk }
    return try sizeLine(byte, length: digits, value: value, isQuoted: false)
  }

  /// Extensions are read and ignored (section 7.1.1); they begin with a semicolon.
  private func sizeLine(_ byte: UInt8, length: Int, value: Int, isQuoted: Bool) throws(HTTPRejection) -> Step {
    if byte == 0x0D, !isQuoted { return .sizeLineFeed(value: value) }
    let isInExtension = length > 8 || byte == UInt8(ascii: ";")
    guard isInExtension, byte == 0x09 || byte >= 0x20, byte != 0x7F, length < HTTPLimits.chunkLine else {
      throw .badChunk
    }
    // Counted from nine on, so that digits and extension cannot be confused.
    return .sizeLine(length: max(length, 8) + 1, value: value, isQuoted: isQuoted != (byte == UInt8(ascii: "\"")))
  }

  /// Trailer fields are bounded and thrown away: nothing in them could change what was asked.
  private func trailer(_ byte: UInt8, lineLength: Int, total: Int) throws(HTTPRejection) -> Step {
    if byte == 0x0D { return .trailerLineFeed(lineLength: lineLength, total: total) }
    guard byte == 0x09 || byte >= 0x20, byte != 0x7F else { throw byte == 0x0A ? .bareLineEnd : .malformedField }
    if lineLength == 0, !byte.isTokenCharacter { throw byte == 0x20 || byte == 0x09 ? .foldedField : .malformedField }
    guard total < HTTPLimits.head else { throw .headTooLarge }
    return .trailer(lineLength: lineLength + 1, total: total + 1)
  }
}
