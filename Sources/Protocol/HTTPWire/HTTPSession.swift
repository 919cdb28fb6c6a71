/// The HTTP side of one connection: plaintext in, requests handed over, plaintext out.
package enum HTTPSession: ~Copyable {
  case http1(HTTP1Session)
  case http2(HTTP2Session)

  /// Takes bytes of the peer; each complete request is handed to `answer` and its response appended to `output`.
  package func receive(
    _ bytes: Span<UInt8>, at date: HTTPDate, output: inout [UInt8], answer: (borrowing HTTPRequest) -> HTTPResponse
  ) -> SessionState {
    switch self {
    case .http1(let session): session.receive(bytes, at: date, output: &output, answer: answer)
    case .http2(let session): session.receive(bytes, at: date, output: &output, answer: answer)
    }
  }

  /// Goes on with requests that were held back until the next turn, or because too much output was waiting.
  package func resume(
    at date: HTTPDate, output: inout [UInt8], answer: (borrowing HTTPRequest) -> HTTPResponse
  ) -> SessionState {
    receive(Span(), at: date, output: &output, answer: answer)
  }

  /// The server stops soon: the peer is told to take its next request elsewhere, and loses none by it.
  package func beginDrain(output: inout [UInt8]) -> SessionState {
    switch self {
    case .http1(let session): session.beginDrain()
    case .http2(let session): session.beginDrain(output: &output)
    }
  }

  /// Ends the session in order: what was asked is answered, nothing new is begun.
  package func shutDownGracefully(output: inout [UInt8]) -> SessionState {
    switch self {
    case .http1(let session): session.shutDownGracefully()
    case .http2(let session): session.shutDownGracefully(output: &output)
    }
  }
}

extension HTTPSession {
  /// Why the peer's bytes were refused as HTTP, if they were.
  package var rejection: HTTPRejection? {
    switch self {
    case .http1(let session): session.rejection
    case .http2(let session): session.rejection
    }
  }
}

extension HTTPSession {
  /// Why single requests were refused since this was last asked, on a connection that lives on.
  package func drainRejections() -> [HTTPRejection] {
    switch self {
    case .http1: []
    case .http2(let session): session.drainRejections()
    }
  }

  /// What it holds of the shared memory.
  package var reservedBytes: Int {
    switch self {
    case .http1(let session): session.reservedBytes
    case .http2(let session): session.reservedBytes
    }
  }

  /// How many requests have their answer.
  package var responseCount: Int {
    switch self {
    case .http1(let session): session.responseCount
    case .http2(let session): session.responseCount
    }
  }

  /// Takes the time, in nanoseconds of any clock that does not jump, for what begins from now on.
  package func advanceClock(to now: Int64) {
    switch self {
    case .http1: break
    case .http2(let session): session.now = now
    }
  }

  /// When what is waited for began; nil where it begins with the turn.
  package var requestBegan: Int64? {
    switch self {
    case .http1: nil
    case .http2(let session): session.requestBegan
    }
  }

  /// Which request is being waited for: a deadline runs as long as this stays the same, however many bytes drip in.
  package var requestIndex: Int {
    switch self {
    case .http1(let session): session.responseCount
    case .http2(let session): session.requestIndex
    }
  }
}

/// What the owner of a connection has to know of its session: which deadline runs, whether to read on, when to close.
package enum SessionState: Sendable {
  /// Nothing was asked that is not answered.
  case idle
  /// Part of a request's head has come.
  case head
  /// A head has come, its body not whole.
  case body
  /// Everything that was asked has its answer, but the peer's window is too small for one (HTTP/2 flow control).
  case blockedOnFlowControl
  /// Whole requests, or much output, are waiting: send what is there, then resume.
  case paused
  /// Send the output, then close.
  case closing
}
