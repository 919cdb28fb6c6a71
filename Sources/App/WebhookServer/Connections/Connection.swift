internal import HTTPWire
internal import Platform
internal import TLSWire

/// One client connection: its socket, TLS session and HTTP session, and the phase that its deadline belongs to.
///
/// Received bytes pass TLS and HTTP to the request handler (`Connection+Pipeline.swift`); responses return the same way.
final class Connection {
  /// What the connection waits for; each phase has a timeout.
  enum Phase {
    case handshake
    /// Between requests.
    case idle
    case head
    case body
    /// The peer must open the HTTP/2 flow-control window before the response can be sent.
    case blockedOnFlowControl
    /// The peer must take output before more input is read.
    case writing
    /// The last output is being sent.
    case closing
    /// All output is sent; further input is discarded, since closing now could reset the connection before the peer has
    /// read it (RFC 9112 section 9.6).
    case lingering
    case closed
  }

  let token: Poller.Token
  let socket: Socket
  var phase = Phase.handshake
  /// The interest registered with the poller.
  var registeredInterest = Poller.Interest.reading
  /// The phase of the current deadline.
  var deadlinePhase: RequestPhase?
  /// When the phase of the current deadline began.
  var phaseStart = MonotonicInstant.now
  /// Whether the event loop counts it among the TLS handshakes.
  var isHandshaking = true
  /// Whether it keeps its TLS buffers between requests.
  var retainsBuffers = false
  let tls: TLSSession
  /// The protocol of the session, for the request counters.
  var version = ApplicationProtocol.http1
  var http: HTTPSession?
  var sendBuffer: SendBuffer
  /// The unprocessed input of this iteration in the event loop's receive buffer.
  var received: Range<Int>?
  /// Whether input was processed in this iteration; the responses of one iteration are limited.
  var processedThisIteration = false
  /// The peer has sent close_notify: no more requests follow.
  var receivedCloseNotify = false
  /// Received bytes that carried no application data, less the credit for bytes that did.
  var nonApplicationBytes = 0
  /// The name in the client's certificate.
  var client: String?

  init(token: Poller.Token, socket: consuming Socket, tlsContext: TLSContext, memory: MemoryBudget) {
    self.token = token
    self.socket = socket
    sendBuffer = SendBuffer(memory: memory)
    tls = TLSSession(tlsContext)
  }

  /// One phase of one request: its deadline is not extended by bytes that arrive within it.
  struct RequestPhase: Equatable {
    let phase: Phase
    let request: Int
  }

  /// Whether output waits for the socket.
  var hasPendingOutput: Bool { !sendBuffer.isEmpty }

  /// Bytes reserved of the event loop's memory budget.
  var reservedBytes: Int { sendBuffer.reservedBytes + (http?.reservedBytes ?? 0) }

  /// Number of requests that were answered.
  var responseCount: Int { http?.responseCount ?? 0 }

  /// Whether at least one request was served.
  var hasReceivedRequest: Bool { (http?.pendingRequestID ?? 0) > 0 }

  var requestPhase: RequestPhase { RequestPhase(phase: phase, request: http?.pendingRequestID ?? 0) }

  /// When the phase began if that was earlier than the event loop noticed: an HTTP/2 stream queued behind others.
  var requestPhaseStart: MonotonicInstant? {
    guard phase == .body || phase == .blockedOnFlowControl else { return nil }
    return http?.requestStart.map { MonotonicInstant(nanoseconds: $0) }
  }

  /// The events to register with the poller.
  var interest: Poller.Interest {
    switch phase {
    case .handshake, .idle, .head, .body, .blockedOnFlowControl: sendBuffer.isEmpty ? .reading : [.reading, .writing]
    case .writing, .closing: .writing
    case .lingering: .reading
    case .closed: []
    }
  }

  private var reads: Bool {
    switch phase {
    case .handshake, .idle, .head, .body, .blockedOnFlowControl, .lingering: true
    case .writing, .closing, .closed: false
    }
  }
}

// Events.
extension Connection {
  /// Receives what the socket has; it is processed when all active connections have received theirs.
  func receive(_ context: EventLoopContext) {
    guard reads else { return }
    do {
      guard case .processed(let range) = try socket.receive(into: context.buffer) else { return }
      received = range
    } catch {
      abort()
    }
  }

  /// Processes the input of this iteration.
  func processReceived(_ context: EventLoopContext) {
    guard let range = received.take() else { return }
    context.metrics.receivedBytes.add(range.count)
    if range.isEmpty { return peerEnded() }
    if phase == .lingering { return }
    processedThisIteration = true
    context.buffer.withBytes(range) { decrypt($0, context) }
  }

  /// Sends pending output as far as the kernel takes it, then resumes processing that waited for it, unless input was
  /// processed in this iteration already: connections with many pipelined requests take turns with the others.
  func send(_ context: EventLoopContext) {
    guard phase != .closed else { return }
    flush(context)
    let mayGoOn = !exchange(&processedThisIteration, with: false)
    if phase == .writing, sendBuffer.isEmpty, mayGoOn {
      resume(context)
      flush(context)
    }
    if receivedCloseNotify, phase != .writing, phase != .closing {
      finish(context)
      flush(context)
    }
  }

  /// Asks the peer to send its next request on another connection.
  func beginDrain(_ context: EventLoopContext) {
    switch phase {
    case .idle, .head, .body, .blockedOnFlowControl, .writing:
      apply(http?.beginDrain(output: &context.output), context)
    case .handshake, .closing, .lingering, .closed: break
    }
  }

  /// Answers the received requests, then closes. A new connection may still send one request, within a shorter timeout.
  func shutDownGracefully(_ context: EventLoopContext) {
    switch phase {
    case .handshake,
      .idle where !hasReceivedRequest:
      beginDrain(context)
      // The shorter timeout of a draining server applies from now on.
      deadlinePhase = nil
    case .idle, .head, .body, .blockedOnFlowControl, .writing:
      apply(http?.shutDownGracefully(output: &context.output), context)
    case .closing, .lingering, .closed: break
    }
  }

  /// Releases the TLS buffers, which are kept between requests for speed only.
  func releaseIdleBuffers() {
    retainsBuffers = false
    tls.releaseBuffers()
  }

  /// Closes without sending anything more.
  func abort() {
    phase = .closed
  }

  /// Handles the end of the input; the peer may still read.
  private func peerEnded() {
    if sendBuffer.isEmpty || phase == .lingering { return abort() }
    beginClosing()
  }
}
