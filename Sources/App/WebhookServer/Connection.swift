internal import HTTPWire
internal import Platform
internal import TLSWire

/// One client: what arrives goes through TLS and HTTP to the endpoints, and the answers go back the same way.
final class Connection {
  /// What the connection is waiting for; each phase has its deadline.
  enum Phase {
    case handshake
    /// Between requests.
    case idle
    case head
    case body
    /// The peer has to make room for an answer, which it does by sending something (HTTP/2 flow control).
    case blockedOnFlowControl
    /// The peer has to take output before anything more is read.
    case writing
    /// Everything has been said; the peer has to take the rest of it.
    case closing
    /// The peer has everything; what it still sends is thrown away, since closing now could destroy what is on its way
    /// to it (RFC 9112 section 9.6).
    case lingering
    case closed
  }

  let token: Poller.Token
  let socket: Socket
  private(set) var phase = Phase.handshake
  /// What the loop last told the poller, and for which turn it last set a deadline.
  var registeredInterest = Poller.Interest.reading
  var deadlinePhase: RequestPhase?
  /// When its turn began.
  var phaseStart = MonotonicInstant.now
  /// Among those that the loop counts because their handshake is not done.
  var isHandshaking = true
  /// Among those that keep their buffers while they rest.
  var retainsBuffers = false
  private let tls: TLSSession
  /// What the session speaks, for whoever counts requests.
  private var version = ApplicationProtocol.http1
  private var http: HTTPSession?
  private var sendBuffer: SendBuffer
  /// Where in the loop's buffer lies what came in this turn and was not read yet.
  private var received: Range<Int>?
  /// What came in this turn was read, and answered as far as a turn goes.
  private var processedThisIteration = false
  /// It has said (close_notify) that it will send no more.
  private var receivedCloseNotify = false
  /// Received and without anything in it for HTTP, as far as what came with it does not make up for it.
  private var nonApplicationBytes = 0
  /// Who the client is, by its certificate.
  private var client: String?

  init(token: Poller.Token, socket: consuming Socket, tlsContext: TLSContext, memory: MemoryBudget) {
    self.token = token
    self.socket = socket
    sendBuffer = SendBuffer(memory: memory)
    tls = TLSSession(tlsContext)
  }

  /// One phase of one request: a deadline runs for a turn and is not put off by bytes that drip in.
  struct RequestPhase: Equatable {
    let phase: Phase
    let request: Int
  }

  /// Something of what was said waits for the peer.
  var hasPendingOutput: Bool { !sendBuffer.isEmpty }

  /// What it holds of the memory that the loop's connections share.
  var reservedBytes: Int { sendBuffer.reservedBytes + (http?.reservedBytes ?? 0) }

  /// How many requests have their answer.
  var responseCount: Int { http?.responseCount ?? 0 }

  /// Something was asked here before.
  var hasServedRequest: Bool { (http?.requestIndex ?? 0) > 0 }

  var requestPhase: RequestPhase { RequestPhase(phase: phase, request: http?.requestIndex ?? 0) }

  /// When its turn began, where that was before the loop saw it: a stream of HTTP/2 that others were in front of.
  var phaseBegan: MonotonicInstant? {
    guard phase == .body || phase == .blockedOnFlowControl else { return nil }
    return http?.requestBegan.map { MonotonicInstant(nanoseconds: $0) }
  }

  /// What the poller has to wait for.
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

// What happens to a connection.
extension Connection {
  /// The socket can be read: take what is there, to be read when everybody's is there.
  func receive(_ context: EventLoopContext) {
    guard reads else { return }
    do {
      guard case .processed(let range) = try socket.receive(into: context.buffer) else { return }
      received = range
    } catch {
      abort()
    }
  }

  /// Reads and answers what was received in this turn.
  func processReceived(_ context: EventLoopContext) {
    guard let range = received.take() else { return }
    context.metrics.receivedBytes.add(range.count)
    if range.isEmpty { return peerEnded() }
    if phase == .lingering { return }
    processedThisIteration = true
    context.buffer.withBytes(range) { take($0, context) }
  }

  /// Sends what waits, as far as the kernel takes it, and goes on with what waited for that, unless it had its
  /// turn already: who has asked for much at once takes turns with the others. The poller tells when there is room
  /// for more.
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

  /// The server stops soon: let the peer take its next request elsewhere.
  func beginDrain(_ context: EventLoopContext) {
    switch phase {
    case .idle, .head, .body, .blockedOnFlowControl, .writing:
      apply(http?.beginDrain(output: &context.output), context)
    case .handshake, .closing, .lingering, .closed: break
    }
  }

  /// The server is stopping: answer what was asked, then close. Who is just coming may still ask once, but not for long.
  func shutDownGracefully(_ context: EventLoopContext) {
    switch phase {
    case .handshake,
      .idle where !hasServedRequest:
      beginDrain(context)
      // Its deadline becomes a shorter one.
      deadlinePhase = nil
    case .idle, .head, .body, .blockedOnFlowControl, .writing:
      apply(http?.shutDownGracefully(output: &context.output), context)
    case .closing, .lingering, .closed: break
    }
  }

  /// Keeps no memory that only speed needs.
  func releaseIdleBuffers() {
    retainsBuffers = false
    tls.releaseBuffers()
  }

  /// Gives up without another word.
  func abort() {
    phase = .closed
  }

  /// The peer will send no more; it may still be reading.
  private func peerEnded() {
    if sendBuffer.isEmpty || phase == .lingering { return abort() }
    beginClosing()
  }
}

// The way through the floors.
extension Connection {
  private func take(_ ciphertext: Span<UInt8>, _ context: EventLoopContext) {
    var plaintext = exchange(&context.plaintext, with: [])
    defer {
      plaintext.removeAll(keepingCapacity: true)
      context.plaintext = plaintext
    }
    switch tls.receive(ciphertext, plaintext: &plaintext, reply: &sendBuffer.bytes) {
    case .handshaking:
      break
    case .open:
      processPlaintext(plaintext.span, context)
      checkTLSOverhead(ciphertext.count, plaintext.count, context)
    case .ended:
      receivedCloseNotify = true
      processPlaintext(plaintext.span, context)
      // What waits for room is answered in later turns, before the end is said.
      if phase != .writing { finish(context) }
    case .failed(let failure):
      if http == nil { context.record(failure) }
      finish(context)
    }
  }

  /// TLS has messages of its own, such as new keys, and each costs; whoever sends little else has to go. What TLS itself
  /// replies waits to be taken as answers do.
  private func checkTLSOverhead(_ received: Int, _ read: Int, _ context: EventLoopContext) {
    nonApplicationBytes = max(0, nonApplicationBytes + received - ServerLimits.applicationByteWeight * read)
    if nonApplicationBytes > ServerLimits.maxNonApplicationBytes {
      context.handler.state.metrics.count(.tlsFlood)
      return finish(context)
    }
    if phase == .idle, sendBuffer.count > HTTPLimits.maxBufferedOutput { phase = .writing }
  }

  private func processPlaintext(_ plaintext: Span<UInt8>, _ context: EventLoopContext) {
    if http == nil { begin(context) }
    guard !plaintext.isEmpty || !context.output.isEmpty else { return }
    http?.advanceClock(to: context.clock.iterationStart.nanoseconds)
    apply(
      http?.receive(plaintext, at: context.date, output: &context.output) { request in
        context.respond(to: request, over: version, from: client)
      }, context)
  }

  /// The handshake is done: what was agreed on says who goes on.
  private func begin(_ context: EventLoopContext) {
    version = tls.applicationProtocol
    switch version {
    case .http1: http = .http1(HTTP1Session(memory: context.memory))
    case .http2: http = .http2(HTTP2Session(memory: context.memory))
    }
    client = tls.peerName
    context.metrics.handshakes.count(tls)
    phase = .idle
    if context.isDraining { _ = http?.beginDrain(output: &context.output) }
  }

  private func resume(_ context: EventLoopContext) {
    http?.advanceClock(to: context.clock.iterationStart.nanoseconds)
    apply(
      http?.resume(at: context.date, output: &context.output) { request in
        context.respond(to: request, over: version, from: client)
      }, context)
  }

  /// Encrypts what the session said, and takes over its state.
  private func apply(_ state: SessionState?, _ context: EventLoopContext) {
    // From the handshake's end on there is a session.
    guard let state else { return abort() }
    for reason in http?.drainRejections() ?? [] { context.record(reason) }
    // Swapped in and out: an assignment would count a reference.
    var output: [UInt8] = []
    swap(&output, &context.output)
    let sending = tls.send(output.span, into: &sendBuffer.bytes)
    output.removeAll(keepingCapacity: true)
    swap(&output, &context.output)
    if case .failed = sending { return abort() }
    switch state {
    case .idle: phase = .idle
    case .head: phase = .head
    case .body: phase = .body
    case .blockedOnFlowControl: phase = .blockedOnFlowControl
    case .paused: phase = .writing
    case .closing:
      if let rejection = http?.rejection { context.record(rejection) }
      return finish(context)
    }
    // Answers wait for the end of the turn, but not so many that they would be much memory.
    if sendBuffer.count > ServerLimits.flushThreshold { flush(context) }
    // Who does not take answers gets no more of them.
    if phase != .closed, sendBuffer.count > HTTPLimits.maxBufferedOutput { phase = .writing }
  }

  /// Says goodbye and closes when the peer has taken everything.
  private func finish(_ context: EventLoopContext) {
    guard phase != .closed, phase != .lingering else { return }
    tls.close(into: &sendBuffer.bytes)
    beginClosing()
  }

  /// What the session holds is not needed for the goodbye, which may take its time.
  private func beginClosing() {
    http = nil
    phase = .closing
  }

  private func flush(_ context: EventLoopContext) {
    let before = sendBuffer.count
    let result = sendBuffer.send(to: socket)
    context.metrics.sentBytes.add(before - sendBuffer.count)
    switch result {
    case .complete where phase == .closing:
      // Nothing is on its way from it that closing now could answer with a reset.
      if receivedCloseNotify { return abort() }
      socket.endSending()
      phase = .lingering
    case .failed: abort()
    case .complete, .pending: break
    }
  }
}
