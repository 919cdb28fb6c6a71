/// Decodes the chunked transfer coding (RFC 9112 section 7.1) byte by byte, so that the result is the same for any
/// split.
struct ChunkedDecoder {
  private enum Step {
    case size(digits: Int, value: Int)
    case sizeLine(length: Int, value: Int, ChunkExtension)
    case sizeLineFeed(value: Int)
    case data(remaining: Int)
    case dataReturn
    case dataLineFeed
    /// At the start of a line after the last chunk.
    case trailer(total: Int)
    case trailerField(total: Int, isInName: Bool)
    case trailerLineFeed(total: Int)
    case lastLineFeed
    case done
  }

  private var step = Step.size(digits: 0, value: 0)
  private(set) var content: [UInt8] = []

  /// Decodes from `offset`, which it advances; returns true after the last chunk and the trailer.
  mutating func advance(over bytes: Span<UInt8>, from offset: inout Int) throws(HTTPRejection) -> Bool {
    while offset < bytes.count {
      if case .data(let remaining) = step {
        let count = min(remaining, bytes.count - offset)
        content.append(bytes.extracting(offset..<offset + count))
        offset += count
        step = count == remaining ? .dataReturn : .data(remaining: remaining - count)
        continue
      }
      step = try next(bytes[offset])
      offset += 1
      if case .done = step { return true }
    }
    return false
  }

  private func next(_ byte: UInt8) throws(HTTPRejection) -> Step {
    switch step {
    case .size(let digits, let value):
      return try size(byte, digits: digits, value: value)
    case .sizeLine(let length, let value, let offset):
      return try sizeLine(byte, length: length, value: value, offset)
    case .sizeLineFeed(let value):
      guard byte == 0x0A else { throw .badChunk }
      if value == 0 { return .trailer(total: 0) }
      if content.count + value > HTTPLimits.body { throw .bodyTooLarge }
      return .data(remaining: value)
    case .dataReturn:
      guard byte == 0x0D else { throw .badChunk }
      return .dataLineFeed
    case .dataLineFeed:
      guard byte == 0x0A else { throw .badChunk }
      return .size(digits: 0, value: 0)
    case .trailer(let total):
      return try trailer(byte, total)
    case .trailerField(let total, let isInName):
      return try trailerField(byte, total, isInName: isInName)
    case .trailerLineFeed(let total):
      guard byte == 0x0A else { throw .bareLineEnd }
      return .trailer(total: total + 2)
    case .lastLineFeed:
      guard byte == 0x0A else { throw .bareLineEnd }
      return .done
    case .data, .done:
      preconditionFailure("data is copied in runs, and nothing is read after the end")
    }
  }

  /// Parses at most eight hexadecimal digits: more can only be an attempt at an overflow.
  private func size(_ byte: UInt8, digits: Int, value: Int) throws(HTTPRejection) -> Step {
    if let digit = byte.hexadecimalValue {
      guard digits < 8 else { throw .badChunk }
      return .size(digits: digits + 1, value: value << 4 | digit)
    }
    guard digits > 0 else { throw .badChunk }
    return try sizeLine(byte, length: digits, value: value, .itemEnd)
  }

  /// Parses and ignores extensions (section 7.1.1).
  private func sizeLine(_ byte: UInt8, length: Int, value: Int, _ offset: ChunkExtension) throws(HTTPRejection) -> Step
  {
    if byte == 0x0D, offset.mayEnd { return .sizeLineFeed(value: value) }
    guard length < HTTPLimits.chunkLine, let next = offset.next(byte) else { throw .badChunk }
    return .sizeLine(length: length + 1, value: value, next)
  }

  /// Checks and discards trailer fields, within a limit: none of them could change the request.
  private func trailer(_ byte: UInt8, _ total: Int) throws(HTTPRejection) -> Step {
    if byte == 0x0D { return .lastLineFeed }
    if byte.isWhitespace { throw .obsoleteLineFolding }
    if byte == UInt8(ascii: ":") { throw .malformedField }
    return try trailerField(byte, total, isInName: true)
  }

  private func trailerField(_ byte: UInt8, _ total: Int, isInName: Bool) throws(HTTPRejection) -> Step {
    if byte == 0x0A { throw .bareLineEnd }
    guard total < HTTPLimits.head else { throw .headTooLarge }
    if byte == 0x0D, !isInName { return .trailerLineFeed(total: total) }
    guard isInName ? byte.isTokenCharacter || byte == UInt8(ascii: ":") : !byte.isControl else { throw .malformedField }
    return .trailerField(total: total + 1, isInName: isInName && byte != UInt8(ascii: ":"))
  }
}

/// The position of the next byte in the extensions of a chunk:
/// `*( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )` (RFC 9112 section 7.1.1).
enum ChunkExtension {
  /// After the size or a quoted value.
  case itemEnd
  /// In an unquoted value.
  case value
  /// After white space that only a semicolon may follow.
  case blank
  case semicolon
  case name
  case nameEnd
  case equals
  case quoted
  case escaped

  /// Whether the line may end here.
  var mayEnd: Bool { self == .itemEnd || self == .value || self == .name }

  /// Returns the position after this byte, or nil if the byte is invalid here.
  func next(_ byte: UInt8) -> ChunkExtension? {
    switch self {
    case .quoted where byte == UInt8(ascii: "\""): .itemEnd
    case .quoted where byte == UInt8(ascii: "\\"): .escaped
    case .quoted, .escaped: byte.isControl ? nil : .quoted
    case .semicolon: byte.isWhitespace ? .semicolon : byte.isTokenCharacter ? .name : nil
    case .equals where byte == UInt8(ascii: "\""): .quoted
    case .equals: byte.isWhitespace ? .equals : byte.isTokenCharacter ? .value : nil
    case .name where byte.isTokenCharacter: .name
    case .value where byte.isTokenCharacter: .value
    case .name where byte == UInt8(ascii: "="), .nameEnd where byte == UInt8(ascii: "="): .equals
    case .name, .nameEnd: byte.isWhitespace ? .nameEnd : byte == UInt8(ascii: ";") ? .semicolon : nil
    case .itemEnd, .value, .blank: byte.isWhitespace ? .blank : byte == UInt8(ascii: ";") ? .semicolon : nil
    }
  }
}
