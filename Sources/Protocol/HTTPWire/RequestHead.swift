/// A request's line and fields, as places in the bytes they were read from.
struct RequestHead {
  enum Framing {
    case none
    case length(Int)
    case chunked
  }

  private(set) var method = HTTPMethod.other
  private(set) var path = 0..<0
  private(set) var contentType = 0..<0
  private(set) var framing = Framing.none
  private(set) var keepsAlive = true
  /// True until `100 Continue` has been sent.
  var expectsContinue = false

  private var isVersion1_0 = false
  private var hostCount = 0
  private var contentLength: Int?
  private var isChunked = false

  /// - Parameter head: From the request line, before which empty lines may stand, to the empty line that ends the head.
  init(_ head: Span<UInt8>) throws(HTTPRejection) {
    var lineStart = 0
    while head[lineStart] == 0x0D, head[lineStart + 1] == 0x0A { lineStart += 2 }
    var lineEnd = try Self.lineEnd(head, from: lineStart)
    try readRequestLine(head, lineStart..<lineEnd)
    lineStart = lineEnd + 2

    var fields = 0
    // Up to the empty line. A carriage return at the start of another line does not make that one empty.
    while lineStart < head.count - 2 {
      lineEnd = try Self.lineEnd(head, from: lineStart)
      try readField(head, lineStart..<lineEnd)
      lineStart = lineEnd + 2
      fields += 1
      if fields > HTTPLimits.fieldCount { throw .tooManyFields }
    }
    try settle()
  }

  /// The search for the head's end has made sure that every line feed follows a carriage return.
  private static func lineEnd(_ head: Span<UInt8>, from start: Int) throws(HTTPRejection) -> Int {
    guard let lineFeed = head.firstLineFeed(from: start) else { throw .bareLineEnd }
    return lineFeed - 1
  }

  /// `method SP request-target SP HTTP-version` (RFC 9112 section 3).
  private mutating func readRequestLine(_ head: Span<UInt8>, _ line: Range<Int>) throws(HTTPRejection) {
    guard let methodEnd = head.first(0x20, in: line), methodEnd > line.lowerBound,
      let targetEnd = head.first(0x20, in: methodEnd + 1..<line.upperBound), targetEnd > methodEnd + 1
    else { throw .malformedRequestLine }
    for place in line.lowerBound..<methodEnd where !head[place].isTokenCharacter { throw .malformedRequestLine }
    method = HTTPMethod(head.extracting(line.lowerBound..<methodEnd))
    if targetEnd - methodEnd - 1 > HTTPLimits.target { throw .targetTooLong }
    path = try RequestTarget.path(of: head, methodEnd + 1..<targetEnd)
    try readVersion(head.extracting(targetEnd + 1..<line.upperBound))
  }

  private mutating func readVersion(_ version: Span<UInt8>) throws(HTTPRejection) {
    if version.equals("HTTP/1.1") { return }
    if version.equals("HTTP/1.0") {
      isVersion1_0 = true
      keepsAlive = false
      return
    }
    let isVersion =
      version.count == 8 && version.extracting(first: 5).equals("HTTP/") && version[5].isDigit
      && version[6] == UInt8(ascii: ".") && version[7].isDigit
    throw isVersion ? .unknownVersion : .malformedRequestLine
  }

  /// `field-name ":" OWS field-value OWS` (RFC 9112 section 5).
  private mutating func readField(_ head: Span<UInt8>, _ line: Range<Int>) throws(HTTPRejection) {
    let first = head[line.lowerBound]
    if first == 0x20 || first == 0x09 { throw .foldedField }
    var colon = line.lowerBound
    let tokens = ASCIISet.token
    while colon < line.upperBound, tokens.contains(head[colon]) { colon += 1 }
    guard colon > line.lowerBound, colon < line.upperBound, head[colon] == UInt8(ascii: ":"),
      head.isFieldValue(colon + 1..<line.upperBound)
    else { throw .malformedField }

    var value = colon + 1..<line.upperBound
    while let byte = head.firstByte(of: value), byte == 0x20 || byte == 0x09 { value = value.dropFirst() }
    while let byte = head.lastByte(of: value), byte == 0x20 || byte == 0x09 { value = value.dropLast() }
    try take(head.extracting(line.lowerBound..<colon), value, of: head)
  }

  private mutating func take(_ name: Span<UInt8>, _ value: Range<Int>, of head: Span<UInt8>) throws(HTTPRejection) {
    switch name.count {
    case 4 where name.equals(lowercase: "host"):
      hostCount += 1
      guard RequestTarget.isHost(head.extracting(value)) else { throw .badHost }
    case 6 where name.equals(lowercase: "expect"):
      guard head.extracting(value).equals(lowercase: "100-continue") else { throw .unknownExpectation }
      expectsContinue = true
    case 10 where name.equals(lowercase: "connection"):
      takeConnection(head.extracting(value))
    case 12 where name.equals(lowercase: "content-type"):
      contentType = value
    case 14 where name.equals(lowercase: "content-length"):
      guard contentLength == nil, let length = head.extracting(value).decimalValue else { throw .badContentLength }
      contentLength = length
    case 17 where name.equals(lowercase: "transfer-encoding"):
      try takeTransferCoding(head.extracting(value))
    default:
      break
    }
  }

  /// A list of options, of which `close` and HTTP/1.0's `keep-alive` matter (RFC 9112 section 9.3).
  private mutating func takeConnection(_ value: Span<UInt8>) {
    var start = 0
    while start < value.count {
      let end = value.first(UInt8(ascii: ","), in: start..<value.count) ?? value.count
      var option = start..<end
      while let byte = value.firstByte(of: option), byte == 0x20 || byte == 0x09 { option = option.dropFirst() }
      while let byte = value.lastByte(of: option), byte == 0x20 || byte == 0x09 { option = option.dropLast() }
      if value.extracting(option).equals(lowercase: "close") {
        keepsAlive = false
        return
      }
      if isVersion1_0, value.extracting(option).equals(lowercase: "keep-alive") { keepsAlive = true }
      start = end + 1
    }
  }

  private mutating func takeTransferCoding(_ value: Span<UInt8>) throws(HTTPRejection) {
    guard !isChunked else { throw .badTransferCoding }
    if value.equals(lowercase: "chunked") {
      isChunked = true
      return
    }
    let codings: [StaticString] = ["gzip", "x-gzip", "deflate", "compress", "x-compress", "gzip, chunked"]
    for coding in codings where value.equals(lowercase: coding) { throw .unknownTransferCoding }
    throw .badTransferCoding
  }

  /// What only all fields together tell.
  private mutating func settle() throws(HTTPRejection) {
    if hostCount > 1 || hostCount == 0 && !isVersion1_0 { throw .badHost }
    if isVersion1_0 { expectsContinue = false }
    switch (isChunked, contentLength) {
    case (true, .some): throw .bothLengths
    case (true, nil):
      if isVersion1_0 { throw .badTransferCoding }
      framing = .chunked
    case (false, let length?):
      if length > HTTPLimits.body { throw .bodyTooLarge }
      framing = .length(length)
    case (false, nil):
      framing = .none
    }
  }
}
