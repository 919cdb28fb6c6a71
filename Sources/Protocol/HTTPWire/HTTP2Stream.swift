/// One request of an HTTP/2 connection and its response.
///
/// A value, changed in place in the session; a class would count references with each field of a head.
struct HTTP2Stream {
  let id: Int32
  /// The start of the current wait, for the body or to send the response, in nanoseconds of the owner's clock.
  private(set) var waitStart: Int64
  private(set) var method = HTTPMethod.other
  /// The stored bytes of the head, and the ranges of its fields.
  private var head: [UInt8] = []
  private var path = 0..<0
  /// The server's name, which a proxy may have used for routing.
  private var host: Range<Int>?
  private var contentType: Range<Int>?
  /// The size of all fields with trailers, as SETTINGS_MAX_HEADER_LIST_SIZE counts (RFC 9113 section 6.5.2).
  private(set) var fieldBytes = 0
  /// The stored bytes of the complete head, which are reserved until the stream ends.
  private(set) var headBytes = 0
  private var fieldCount = 0
  private(set) var expectsContinue = false
  var body: [UInt8] = []
  private(set) var rejection: HTTPRejection?
  private(set) var response: HTTPResponse?
  /// The number of bytes of the response's body that have been sent.
  private var sent = 0

  init(id: Int32, at now: Int64 = 0) {
    self.id = id
    waitStart = now
  }

  /// Adds a field; nghttp2 has checked that name and value are well-formed (RFC 9113 section 8.2.1).
  mutating func appendField(_ name: Span<UInt8>, _ value: Span<UInt8>) {
    fieldCount += 1
    countField(name, value)
    if fieldCount > HTTPLimits.fieldCount { reject(.tooManyFields) }
    if fieldBytes > HTTPLimits.head { reject(.headTooLarge) }
    if name.equals(":method") {
      method = HTTPMethod(value)
    } else if name.equals(":path") {
      if value.count > HTTPLimits.target { reject(.targetTooLong) }
      if !value.isTarget { reject(.badTarget) }
      let end = value.first(UInt8(ascii: "?"), in: 0..<value.count) ?? value.count
      path = retain(value.extracting(first: end))
    } else if name.equals(":authority") || name.equals("host") {
      setHost(value)
    } else if name.equals(":scheme") {
      if !value.equals(lowercase: "https"), !value.equals(lowercase: "http") { reject(.badTarget) }
    } else if name.equals("content-type") {
      if contentType != nil { reject(.repeatedContentType) }
      contentType = retain(value)
    } else if name.equals("content-length") {
      // Rejected before the body arrives: a client that is still sending it may miss a response.
      if let length = value.decimalValue, length > HTTPLimits.body { reject(.bodyTooLarge) }
    } else if name.equals("expect") {
      expectsContinue = value.equals(lowercase: "100-continue")
      if !expectsContinue { reject(.unknownExpectation) }
    }
  }

  /// Sets the host; `:authority` and `Host` must be equal (RFC 9113 section 8.3.1).
  private mutating func setHost(_ value: Span<UInt8>) {
    // A rejected head has no stored bytes to compare with.
    if rejection != nil { return }
    if !Host.isValid(value) { return reject(.badHost) }
    if let host, !head.span.extracting(host).equalsIgnoringCase(value) { return reject(.conflictingHost) }
    host = retain(value)
  }

  /// Counts a field that is not stored.
  mutating func countField(_ name: Span<UInt8>, _ value: Span<UInt8>) { fieldBytes += name.count + value.count + 32 }

  /// Stores bytes of the head, unless it is rejected: compressed (RFC 7541), a byte can stand for kilobytes.
  private mutating func retain(_ value: Span<UInt8>) -> Range<Int> {
    guard rejection == nil else { return 0..<0 }
    let start = head.count
    head.append(value)
    return start..<head.count
  }

  /// Records the end of the head.
  mutating func finishHead() { headBytes = head.count }

  mutating func reject(_ reason: HTTPRejection) {
    if rejection == nil { rejection = reason }
    head = []
    body = []
  }

  /// Returns the handler's response and frees the request.
  mutating func respond(to handler: (borrowing HTTPRequest) -> HTTPResponse) -> HTTPResponse {
    let head = exchange(&head, with: [])
    let body = exchange(&body, with: [])
    return handler(
      HTTPRequest(
        method: method, path: head.span.extracting(path), contentType: head.span.extracting(contentType ?? 0..<0),
        body: body.span))
  }

  mutating func respond(with response: HTTPResponse, at now: Int64) {
    self.response = response
    waitStart = now
  }

  /// Writes the next bytes of the response's body; returns their number, and whether they are the last.
  mutating func sendBody(into buffer: UnsafeMutableBufferPointer<UInt8>) -> (count: Int, isLast: Bool) {
    guard let body = response?.body else { return (0, true) }
    let count = min(buffer.count, body.count - sent)
    // Sound: both have at least `count` bytes.
    _ = unsafe UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      .update(fromContentsOf: body[sent..<sent + count])
    sent += count
    return (count, sent == body.count)
  }
}
