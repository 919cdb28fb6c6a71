/// HTTP/1.1 on one connection (RFC 9112), strictly: ambiguous syntax, which two parsers may read differently, is
/// rejected.
///
/// Bytes are parsed in the receive buffer. Only an incomplete request is copied, so an idle connection uses no memory.
package final class HTTP1Session {
  private enum Stage {
    /// Between requests or in a head.
    case head
    /// After a head that starts at the first byte of `buffered`.
    case body(BodyDecoder)
    case closed
  }

  private var stage = Stage.head
  /// The parser of the current request. Not in the stage: it is large, and would be copied in and out.
  private var reader = RequestHeadParser()
  /// The received bytes of an incomplete request.
  private var buffered: [UInt8] = []
  private var reservation: MemoryBudget.Reservation
  var reservedBytes: Int { reservation.bytes }
  private var isShuttingDown = false
  /// Whether complete requests may be buffered, for the next iteration or until output is sent.
  private var isPaused = false
  private(set) var responseCount = 0
  /// The reason why the peer's bytes are no valid request; the connection ends with the error response.
  package private(set) var rejection: HTTPRejection?

  package init(memory: MemoryBudget = MemoryBudget()) {
    reservation = MemoryBudget.Reservation(of: memory)
  }

  func receive(
    _ bytes: Span<UInt8>, at date: HTTPDate, output: inout [UInt8], handler: (borrowing HTTPRequest) -> HTTPResponse
  ) -> SessionState {
    if buffered.isEmpty {
      let used = advance(over: bytes, date, &output, handler)
      if used < bytes.count {
        buffered.append(bytes.extracting(used...))
        reserveMemory(date, &output)
      }
    } else {
      buffered.append(bytes)
      // Moved out during parsing, so that removing the parsed bytes copies nothing else.
      var whole: [UInt8] = []
      swap(&whole, &buffered)
      let used = advance(over: whole.span, date, &output, handler)
      whole.removeSubrange(..<used)
      // An idle connection frees its memory.
      buffered = whole.isEmpty ? [] : whole
      reserveMemory(date, &output)
    }
    return state(output)
  }

  /// Reserves memory for the buffered bytes, or rejects the request.
  private func reserveMemory(_ date: HTTPDate, _ output: inout [UInt8]) {
    var decoded = 0
    if case .body(let body) = stage { decoded = body.decodedCount }
    if reservation.resize(to: buffered.count + decoded) { return }
    reject(.memoryExhausted, date, &output)
    buffered = []
    _ = reservation.resize(to: 0)
  }

  private func reject(_ reason: HTTPRejection, _ date: HTTPDate, _ output: inout [UInt8]) {
    rejection = reason
    stage = .closed
    ResponseWriter(date: date, closes: true).append(.error(reason), to: &output)
  }

  /// Marks every further response as the connection's last.
  func beginDrain() -> SessionState {
    isShuttingDown = true
    return state([])
  }

  func shutDownGracefully() -> SessionState {
    isShuttingDown = true
    if case .head = stage, buffered.isEmpty { stage = .closed }
    return state([])
  }

  private func state(_ output: [UInt8]) -> SessionState {
    switch stage {
    case .closed: .closing
    case .body: .body
    case .head where isPaused || output.count >= HTTPLimits.maxBufferedOutput: .paused
    case .head: buffered.isEmpty ? .idle : .head
    }
  }

  /// Responds to the complete requests in `bytes`, up to the limit per iteration, and returns the number of consumed
  /// bytes.
  private func advance(
    over bytes: Span<UInt8>, _ date: HTTPDate, _ output: inout [UInt8],
    _ handler: (borrowing HTTPRequest) -> HTTPResponse
  ) -> Int {
    var start = 0
    isPaused = false
    let responseLimit = responseCount + HTTPLimits.maxResponsesPerIteration
    while start < bytes.count {
      if output.count >= HTTPLimits.maxBufferedOutput || responseCount == responseLimit {
        isPaused = true
        break
      }
      do throws(HTTPRejection) {
        let used = try handleRequest(in: bytes.extracting(start...), date, &output, handler)
        guard used > 0 else { return start }
        start += used
      } catch {
        reject(error, date, &output)
      }
      if case .closed = stage { return bytes.count }
    }
    return start
  }

  /// Responds to the first request in `bytes` and returns its length, or 0 if it is incomplete.
  private func handleRequest(
    in bytes: Span<UInt8>, _ date: HTTPDate, _ output: inout [UInt8],
    _ handler: (borrowing HTTPRequest) -> HTTPResponse
  ) throws(HTTPRejection) -> Int {
    guard var body = try readHead(of: bytes) else { return 0 }
    guard try body.advance(over: bytes) else {
      if reader.head.expectsContinue {
        reader.recordContinueSent()
        output.append("HTTP/1.1 100 Continue\r\n\r\n")
      }
      stage = .body(body)
      return 0
    }
    let closes = !reader.head.keepsAlive || isShuttingDown
    let writer = ResponseWriter(date: date, closes: closes)
    let response = body.withBody(in: bytes) { content in
      handler(
        HTTPRequest(
          method: reader.head.method, path: bytes.extracting(reader.head.target.path),
          contentType: bytes.extracting(reader.head.contentType), body: content))
    }
    writer.append(response, to: &output, withBody: reader.head.method != .head)
    responseCount += 1
    stage = closes ? .closed : .head
    reader = RequestHeadParser()
    return body.end
  }

  /// Parses the head at the start of `bytes` and returns the decoder of its body; nil if the head is incomplete.
  private func readHead(of bytes: Span<UInt8>) throws(HTTPRejection) -> BodyDecoder? {
    switch stage {
    case .body(let body):
      // Moved out, so that the decoder's array has one owner and grows without a copy.
      stage = .head
      return body
    case .head:
      guard let end = try reader.advance(over: bytes) else { return nil }
      return BodyDecoder(reader.head.framing, startingAt: end)
    case .closed:
      return nil
    }
  }
}
