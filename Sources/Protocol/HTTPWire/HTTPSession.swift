/// The HTTP session of one connection: plaintext in, requests to the handler, plaintext out.
package enum HTTPSession: ~Copyable {
  case http1(HTTP1Session)
  case http2(HTTP2Session)

  /// Processes received bytes; calls `handler` with each complete request and appends its response to `output`.
  package func receive(
    _ bytes: Span<UInt8>, at date: HTTPDate, output: inout [UInt8], handler: (borrowing HTTPRequest) -> HTTPResponse
  ) -> SessionState {
    switch self {
    case .http1(let session): session.receive(bytes, at: date, output: &output, handler: handler)
    case .http2(let session): session.receive(bytes, at: date, output: &output, handler: handler)
    }
  }

  /// Continues with requests that were held until the next iteration, or until output was sent.
  package func resume(
    at date: HTTPDate, output: inout [UInt8], handler: (borrowing HTTPRequest) -> HTTPResponse
  ) -> SessionState {
    receive(Span(), at: date, output: &output, handler: handler)
  }

  /// Asks the peer to send its next requests on another connection, without losing any.
  package func beginDrain(output: inout [UInt8]) -> SessionState {
    switch self {
    case .http1(let session): session.beginDrain()
    case .http2(let session): session.beginDrain(output: &output)
    }
  }

  /// Ends the session gracefully: complete requests get their responses, no new ones are read.
  package func shutDownGracefully(output: inout [UInt8]) -> SessionState {
    switch self {
    case .http1(let session): session.shutDownGracefully()
    case .http2(let session): session.shutDownGracefully(output: &output)
    }
  }
}

extension HTTPSession {
  /// The reason why the peer's bytes were rejected as HTTP, if any.
  package var rejection: HTTPRejection? {
    switch self {
    case .http1(let session): session.rejection
    case .http2(let session): session.rejection
    }
  }
}

extension HTTPSession {
  /// Returns the reasons of rejected requests since the last call, on a connection that stays open.
  package func drainRejections() -> [HTTPRejection] {
    switch self {
    case .http1: []
    case .http2(let session): session.drainRejections()
    }
  }

  /// The bytes that the session has reserved of the memory budget.
  package var reservedBytes: Int {
    switch self {
    case .http1(let session): session.reservedBytes
    case .http2(let session): session.reservedBytes
    }
  }

  /// The number of responses so far.
  package var responseCount: Int {
    switch self {
    case .http1(let session): session.responseCount
    case .http2(let session): session.responseCount
    }
  }

  /// Sets the time, in nanoseconds of any monotonic clock, for events from now on.
  package func advanceClock(to now: Int64) {
    switch self {
    case .http1: break
    case .http2(let session): session.now = now
    }
  }

  /// The start of the current wait; nil if it starts with the iteration.
  package var requestStart: Int64? {
    switch self {
    case .http1: nil
    case .http2(let session): session.requestStart
    }
  }

  /// The identity of the pending request: its deadline stays while this is the same, however slowly bytes arrive.
  package var pendingRequestID: Int {
    switch self {
    case .http1(let session): session.responseCount
    case .http2(let session): session.pendingRequestID
    }
  }
}

/// The state that tells a connection which deadline applies, whether to read on, and when to close.
package enum SessionState: Sendable {
  /// No request is pending.
  case idle
  /// A request's head is incomplete.
  case head
  /// A request's head is complete, its body is not.
  case body
  /// All requests have responses, but the peer's window is too small to send one (HTTP/2 flow control).
  case blockedOnFlowControl
  /// Complete requests or much output are pending: send the output, then resume.
  case paused
  /// Send the output, then close.
  case closing
}
