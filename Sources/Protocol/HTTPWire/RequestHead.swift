/// A request's line and fields, as ranges of the received bytes.
///
/// The parser passes lines in order, without their ends; they have no control character but the tab.
struct RequestHead {
  enum Framing {
    case none
    case length(Int)
    case chunked
  }

  private(set) var method = HTTPMethod.other
  private(set) var target = RequestTarget()
  var contentType: Range<Int> { writtenContentType ?? 0..<0 }
  private(set) var framing = Framing.none
  /// Whether the connection stays open; `close` has precedence (RFC 9112 section 9.3).
  var keepsAlive: Bool { !hasClose && (!isVersion1_0 || hasKeepAlive) }
  /// Whether `100 Continue` is still to be sent.
  var expectsContinue = false

  private var isVersion1_0 = false
  private var hasClose = false
  private var hasKeepAlive = false
  private var writtenContentType: Range<Int>?
  private var host: Range<Int>?
  private var contentLength: Int?
  private var isChunked = false

  /// Parses `method SP request-target SP HTTP-version` (RFC 9112 section 3).
  mutating func parseRequestLine(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRejection) {
    guard let methodEnd = bytes.first(0x20, in: line),
      let targetEnd = bytes.first(0x20, in: methodEnd + 1..<line.upperBound), targetEnd > methodEnd + 1
    else { throw .malformedRequestLine }
    let token = bytes.extracting(line.lowerBound..<methodEnd)
    try parseMethod(token)
    if targetEnd - methodEnd - 1 > HTTPLimits.target { throw .targetTooLong }
    try parseVersion(bytes.extracting(targetEnd + 1..<line.upperBound))
    target = try RequestTarget(methodEnd + 1..<targetEnd, of: bytes, for: token)
  }

  private mutating func parseMethod(_ token: Span<UInt8>) throws(HTTPRejection) {
    method = HTTPMethod(token)
    if method == .other, !token.isToken { throw .malformedRequestLine }
  }

  private mutating func parseVersion(_ version: Span<UInt8>) throws(HTTPRejection) {
    if version.equals("HTTP/1.1") { return }
    if version.equals("HTTP/1.0") {
      isVersion1_0 = true
      return
    }
    let isVersion =
      version.count == 8 && version.extracting(first: 5).equals("HTTP/") && version[5].isDigit
      && version[6] == UInt8(ascii: ".") && version[7].isDigit
    throw isVersion ? .unknownVersion : .malformedRequestLine
  }

  /// Parses `field-name ":" OWS field-value OWS` (RFC 9112 section 5).
  mutating func parseField(_ line: Range<Int>, of bytes: Span<UInt8>) throws(HTTPRejection) {
    let first = bytes[line.lowerBound]
    if first == 0x20 || first == 0x09 { throw .obsoleteLineFolding }
    guard let colon = bytes.first(UInt8(ascii: ":"), in: line) else { throw .malformedField }
    let value = bytes.withoutWhitespace(colon + 1..<line.upperBound)
    try apply(bytes.extracting(line.lowerBound..<colon), value, of: bytes)
  }

  /// Applies a field with a known name.
  private mutating func apply(
    _ name: Span<UInt8>, _ value: Range<Int>, of bytes: Span<UInt8>
  ) throws(HTTPRejection) {
    switch name.count {
    case 4 where name.equals(lowercase: "host"):
      guard host == nil, Host.isValid(bytes.extracting(value)) else { throw .badHost }
      host = value
    case 6 where name.equals(lowercase: "expect"):
      guard bytes.extracting(value).equals(lowercase: "100-continue") else { throw .unknownExpectation }
      expectsContinue = true
    case 10 where name.equals(lowercase: "connection"):
      parseConnection(bytes, value)
    case 12 where name.equals(lowercase: "content-type"):
      guard writtenContentType == nil else { throw .repeatedContentType }
      writtenContentType = value
    case 14 where name.equals(lowercase: "content-length"):
      guard contentLength == nil, let length = bytes.extracting(value).decimalValue else { throw .badContentLength }
      contentLength = length
    case 17 where name.equals(lowercase: "transfer-encoding"):
      try parseTransferCoding(bytes.extracting(value))
    default:
      guard name.isToken else { throw .malformedField }
    }
  }

  /// Parses a list of options (RFC 9110 section 7.6.1).
  private mutating func parseConnection(_ bytes: Span<UInt8>, _ value: Range<Int>) {
    var start = value.lowerBound
    while start < value.upperBound {
      let end = bytes.first(UInt8(ascii: ","), in: start..<value.upperBound) ?? value.upperBound
      let option = bytes.extracting(bytes.withoutWhitespace(start..<end))
      if option.equals(lowercase: "close") { hasClose = true }
      if option.equals(lowercase: "keep-alive") { hasKeepAlive = true }
      start = end + 1
    }
  }

  private mutating func parseTransferCoding(_ value: Span<UInt8>) throws(HTTPRejection) {
    guard !isChunked else { throw .badTransferCoding }
    if value.equals(lowercase: "chunked") {
      isChunked = true
      return
    }
    let codings: [StaticString] = ["gzip", "x-gzip", "deflate", "compress", "x-compress", "gzip, chunked"]
    for coding in codings where value.equals(lowercase: coding) { throw .unknownTransferCoding }
    throw .badTransferCoding
  }

  /// Checks the combination of all fields.
  mutating func validate(_ bytes: Span<UInt8>) throws(HTTPRejection) {
    try checkHost(bytes)
    if isVersion1_0 { expectsContinue = false }
    switch (isChunked, contentLength) {
    case (true, .some): throw .conflictingLength
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

  /// Checks that a host in the target equals the Host field, which a proxy may have used (RFC 9112 section 3.2.2).
  private func checkHost(_ bytes: Span<UInt8>) throws(HTTPRejection) {
    guard let host else {
      if isVersion1_0 { return }
      throw .badHost
    }
    if target.authority.isEmpty { return }
    let isSame = bytes.extracting(target.authority).equalsIgnoringCase(bytes.extracting(host))
    if !isSame { throw .conflictingHost }
  }
}
