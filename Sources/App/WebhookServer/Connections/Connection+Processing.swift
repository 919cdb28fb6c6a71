internal import HTTPWire
internal import Platform
internal import TLSWire

// From ciphertext to responses and back.
extension Connection {
  func decrypt(_ ciphertext: Span<UInt8>, _ context: EventLoopContext) {
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
      // Buffered requests are answered in later iterations, before close_notify is sent.
      if phase != .writing { finish(context) }
    case .failed(let failure):
      if http == nil { context.record(failure) }
      finish(context)
    }
  }

  /// Ends a connection whose TLS messages carry hardly any application data, such as endless key updates. Output of TLS
  /// itself counts as buffered output.
  private func checkTLSOverhead(_ received: Int, _ read: Int, _ context: EventLoopContext) {
    nonApplicationBytes = max(0, nonApplicationBytes + received - ServerLimits.applicationByteWeight * read)
    if nonApplicationBytes > ServerLimits.maxNonApplicationBytes {
      context.handler.state.metrics.count(.tlsFlood)
      return finish(context)
    }
    if phase == .idle, sendBuffer.count > HTTPLimits.maxBufferedOutput { phase = .writing }
  }

  func processPlaintext(_ plaintext: Span<UInt8>, _ context: EventLoopContext) {
    if http == nil { begin(context) }
    guard !plaintext.isEmpty || !context.output.isEmpty else { return }
    http?.advanceClock(to: context.reviewTimer.iterationStart.nanoseconds)
    apply(
      http?.receive(plaintext, at: context.date, output: &context.output) { request in
        context.respond(to: request, over: version, from: client)
      }, context)
  }

  /// Starts the HTTP session that ALPN selected.
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

  func resume(_ context: EventLoopContext) {
    http?.advanceClock(to: context.reviewTimer.iterationStart.nanoseconds)
    apply(
      http?.resume(at: context.date, output: &context.output) { request in
        context.respond(to: request, over: version, from: client)
      }, context)
  }

  /// Encrypts the output of the HTTP session and adopts its state.
  func apply(_ state: SessionState?, _ context: EventLoopContext) {
    // After the handshake there is always a session.
    guard let state else { return abort() }
    for reason in http?.drainRejections() ?? [] { context.record(reason) }
    // Swapped in and out: an assignment would retain the array.
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
    // Responses are sent at the end of the iteration, unless they take much memory.
    if sendBuffer.count > ServerLimits.flushThreshold { flush(context) }
    // A peer that does not read responses gets no more of them.
    if phase != .closed, sendBuffer.count > HTTPLimits.maxBufferedOutput { phase = .writing }
  }

  /// Sends close_notify and closes when all output is sent.
  func finish(_ context: EventLoopContext) {
    guard phase != .closed, phase != .lingering else { return }
    tls.close(into: &sendBuffer.bytes)
    beginClosing()
  }

  /// Releases the session: sending the rest may take long.
  func beginClosing() {
    http = nil
    phase = .closing
  }

  func flush(_ context: EventLoopContext) {
    let before = sendBuffer.count
    let result = sendBuffer.send(to: socket)
    context.metrics.sentBytes.add(before - sendBuffer.count)
    switch result {
    case .complete where phase == .closing:
      // No input is on its way that closing now would answer with a reset.
      if receivedCloseNotify { return abort() }
      socket.endSending()
      phase = .lingering
    case .failed: abort()
    case .complete, .pending: break
    }
  }
}
