/// One request of an HTTP/2 connection and its answer.
///
/// Changed where the session holds it; an object would count references with each field of a head.
struct HTTP2Stream {
  let id: Int32
  /// When what is waited for began to be: its body, or room for its answer. In the nanoseconds of the owner's clock.
  private(set) var since: Int64
  private(set) var method = HTTPMethod.other
  /// What of the head has to be kept, and where in it what is.
  private var head: [UInt8] = []
  private var path = 0..<0
  /// The server's name, by which a proxy may have gone.
  private var host: Range<Int>?
  private var contentType: Range<Int>?
  /// Trailers included, as SETTINGS_MAX_HEADER_LIST_SIZE counts (RFC 9113 section 6.5.2).
  private(set) var fieldBytes = 0
  /// What was kept of the head when it was whole, which counts until the stream ends.
  private(set) var headBytes = 0
  private var fieldCount = 0
  private(set) var expectsContinue = false
  var body: [UInt8] = []
  private(set) var rejection: HTTPRejection?
  private(set) var response: HTTPResponse?
  /// How much of the response's body has been sent.
  private var sent = 0

  init(id: Int32, at now: Int64 = 0) {
    self.id = id
    since = now
  }

  /// Takes a field; nghttp2 has checked that names and values are well-formed (RFC 9113 section 8.2.1).
  mutating func appendField(_ name: Span<UInt8>, _ value: Span<UInt8>) {
    fieldCount += 1
    countField(name, value)
    if fieldCount > HTTPLimits.fieldCount { refuse(.tooManyFields) }
    if fieldBytes > HTTPLimits.head { refuse(.headTooLarge) }
    if name.equals(":method") {
      method = HTTPMethod(value)
    } else if name.equals(":path") {
      if value.count > HTTPLimits.target { refuse(.targetTooLong) }
      if !value.isTarget { refuse(.badTarget) }
      let end = value.first(UInt8(ascii: "?"), in: 0..<value.count) ?? value.count
      path = retain(value.extracting(first: end))
    } else if name.equals(":authority") || name.equals("host") {
      setHost(value)
    } else if name.equals(":scheme") {
      if !value.equals(lowercase: "https"), !value.equals(lowercase: "http") { refuse(.badTarget) }
    } else if name.equals("content-type") {
      if contentType != nil { refuse(.repeatedContentType) }
      contentType = retain(value)
    } else if name.equals("content-length") {
      // Told before the body comes: who is still sending it may overlook an answer.
      if let length = value.decimalValue, length > HTTPLimits.body { refuse(.bodyTooLarge) }
    } else if name.equals("expect") {
      expectsContinue = value.equals(lowercase: "100-continue")
      if !expectsContinue { refuse(.unknownExpectation) }
    }
  }

  /// `:authority` and `Host` name the same one (RFC 9113 section 8.3.1).
  private mutating func setHost(_ value: Span<UInt8>) {
    // Of a head that was refused nothing is kept to compare it with.
    if rejection != nil { return }
    if !Host.isValid(value) { return refuse(.badHost) }
    if let host, !head.span.extracting(host).equalsIgnoringCase(value) { return refuse(.conflictingHost) }
    host = retain(value)
  }

  /// Counts a field that nobody looks at.
  mutating func countField(_ name: Span<UInt8>, _ value: Span<UInt8>) { fieldBytes += name.count + value.count + 32 }

  /// Of a head that is refused nothing is kept: compressed (RFC 7541), a byte can stand for kilobytes.
  private mutating func retain(_ value: Span<UInt8>) -> Range<Int> {
    guard rejection == nil else { return 0..<0 }
    let start = head.count
    head.append(value)
    return start..<head.count
  }

  /// The head is whole.
  mutating func finishHead() { headBytes = head.count }

  mutating func refuse(_ reason: HTTPRejection) {
    if rejection == nil { rejection = reason }
    head = []
    body = []
  }

  /// Asks for the answer; of the request nothing is left.
  mutating func respond(to answer: (borrowing HTTPRequest) -> HTTPResponse) -> HTTPResponse {
    let head = exchange(&head, with: [])
    let body = exchange(&body, with: [])
    return answer(
      HTTPRequest(
        method: method, path: head.span.extracting(path), contentType: head.span.extracting(contentType ?? 0..<0),
        body: body.span))
  }

  mutating func respond(with response: HTTPResponse, at now: Int64) {
    self.response = response
    since = now
  }

  /// Moves the next bytes of the response's body; tells how many, and whether they were the last.
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
