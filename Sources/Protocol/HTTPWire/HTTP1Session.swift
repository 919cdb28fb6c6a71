/// HTTP/1.1 on one connection (RFC 9112), strictly: what two parsers might read differently is refused.
///
/// Bytes are parsed where they arrive. Only an incomplete request is copied, so an idle connection holds no memory.
package final class HTTP1Session {
  private enum Stage {
    /// Between requests or inside a head.
    case head
    /// Behind a head that starts at the first byte of what is held.
    case body(BodyDecoder)
    case closed
  }

  private var stage = Stage.head
  /// Of the request that is being read. Not in the stage: it is large, and would be copied in and out.
  private var reader = RequestHeadParser()
  /// What arrived and does not make a whole request yet.
  private var buffered: [UInt8] = []
  private var reservation: MemoryBudget.Reservation
  var reservedBytes: Int { reservation.bytes }
  private var isShuttingDown = false
  /// Whole requests may be held that wait for the next turn or for room in the output.
  private var isPaused = false
  private(set) var responseCount = 0
  /// Set when the peer sent something that is no request; the connection ends with the answer to it.
  package private(set) var rejection: HTTPRejection?

  package init(memory: MemoryBudget = MemoryBudget()) {
    reservation = MemoryBudget.Reservation(of: memory)
  }

  func receive(
    _ bytes: Span<UInt8>, at date: HTTPDate, output: inout [UInt8], answer: (borrowing HTTPRequest) -> HTTPResponse
  ) -> SessionState {
    if buffered.isEmpty {
      let used = advance(over: bytes, date, &output, answer)
      if used < bytes.count {
        buffered.append(bytes.extracting(used...))
        reserveMemory(date, &output)
      }
    } else {
      buffered.append(bytes)
      // Taken out while it is read, so that nothing is copied when the rest is cut off.
      var whole: [UInt8] = []
      swap(&whole, &buffered)
      let used = advance(over: whole.span, date, &output, answer)
      whole.removeSubrange(..<used)
      // An idle connection gives its memory back.
      buffered = whole.isEmpty ? [] : whole
      reserveMemory(date, &output)
    }
    return state(output)
  }

  /// Asks for the memory of what is held; without it the request is refused.
  private func reserveMemory(_ date: HTTPDate, _ output: inout [UInt8]) {
    var decoded = 0
    if case .body(let body) = stage { decoded = body.decodedCount }
    if reservation.resize(to: buffered.count + decoded) { return }
    refuse(.memoryExhausted, date, &output)
    buffered = []
    _ = reservation.resize(to: 0)
  }

  private func refuse(_ reason: HTTPRejection, _ date: HTTPDate, _ output: inout [UInt8]) {
    rejection = reason
    stage = .closed
    ResponseWriter(date: date, closes: true).append(.error(reason), to: &output)
  }

  /// From now on every answer says that it is the connection's last.
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

  /// Answers the whole requests in `bytes`, as far as it is this connection's turn, and tells how many bytes are done
  /// with.
  private func advance(
    over bytes: Span<UInt8>, _ date: HTTPDate, _ output: inout [UInt8],
    _ answer: (borrowing HTTPRequest) -> HTTPResponse
  ) -> Int {
    var start = 0
    isPaused = false
    let enough = responseCount + HTTPLimits.maxResponsesPerIteration
    while start < bytes.count {
      if output.count >= HTTPLimits.maxBufferedOutput || responseCount == enough {
        isPaused = true
        break
      }
      do throws(HTTPRejection) {
        let used = try answerRequest(in: bytes.extracting(start...), date, &output, answer)
        guard used > 0 else { return start }
        start += used
      } catch {
        refuse(error, date, &output)
      }
      if case .closed = stage { return bytes.count }
    }
    return start
  }

  /// Answers the request that `bytes` begin with and gives its length, or 0 where it is not whole.
  private func answerRequest(
    in bytes: Span<UInt8>, _ date: HTTPDate, _ output: inout [UInt8],
    _ answer: (borrowing HTTPRequest) -> HTTPResponse
  ) throws(HTTPRejection) -> Int {
    guard var body = try readHead(of: bytes) else { return 0 }
    guard try body.advance(over: bytes) else {
      if reader.head.expectsContinue {
        reader.continueWasSent()
        output.append("HTTP/1.1 100 Continue\r\n\r\n")
      }
      stage = .body(body)
      return 0
    }
    let closes = !reader.head.keepsAlive || isShuttingDown
    let writer = ResponseWriter(date: date, closes: closes)
    let response = body.withBody(in: bytes) { content in
      answer(
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

  /// Reads the head that `bytes` begin with, and gives what is known of the body behind it; nil where the head is not
  /// whole.
  private func readHead(of bytes: Span<UInt8>) throws(HTTPRejection) -> BodyDecoder? {
    switch stage {
    case .body(let body):
      // Taken out, so that what the body has gathered has one owner and grows without a copy.
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
