internal import HTTPWire
internal import Reactor
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
    case stalled
    /// The peer has to take output before anything more is read.
    case sending
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
  var polledFor = Poller.Interest.reading
  var timedFor: Turn?
  /// When its turn began.
  var since = Moment.now
  /// Among those that the loop counts because their handshake is not done.
  var isShakingHands = true
  /// Among those that keep their buffers while they rest.
  var isWarm = false
  private let tls: TLSSession
  /// What the session speaks, for whoever counts requests.
  private var version = ApplicationProtocol.http1
  private var http: HTTPSession?
  private var outbox: Outbox
  /// Where in the loop's buffer lies what came in this turn and was not read yet.
  private var received: Range<Int>?
  /// What came in this turn was read, and answered as far as a turn goes.
  private var hadItsTurn = false
  /// It has said (close_notify) that it will send no more.
  private var peerHasEnded = false
  /// Received and without anything in it for HTTP, as far as what came with it does not make up for it.
  private var bytesWithoutContent = 0
  /// Who the client is, by its certificate.
  private var client: String?

  init(token: Poller.Token, socket: consuming Socket, context: TLSContext, memory: SharedMemory) {
    self.token = token
    self.socket = socket
    outbox = Outbox(memory: memory)
    tls = TLSSession(context)
  }

  /// One phase of one request: a deadline runs for a turn and is not put off by bytes that drip in.
  struct Turn: Equatable {
    let phase: Phase
    let request: Int
  }

  /// Something of what was said waits for the peer.
  var owesBytes: Bool { !outbox.isEmpty }

  /// What it holds of the memory that the loop's connections share.
  var sharedBytes: Int { outbox.sharedBytes + (http?.sharedBytes ?? 0) }

  /// How many requests have their answer.
  var answered: Int { http?.answered ?? 0 }

  /// Something was asked here before.
  var isProven: Bool { (http?.turn ?? 0) > 0 }

  var turn: Turn { Turn(phase: phase, request: http?.turn ?? 0) }

  /// When its turn began, where that was before the loop saw it: a stream of HTTP/2 that others were in front of.
  var turnBegan: Moment? {
    guard phase == .body || phase == .stalled else { return nil }
    return http?.turnBegan.map { Moment(nanoseconds: $0) }
  }

  /// What the poller has to wait for.
  var interest: Poller.Interest {
    switch phase {
    case .handshake, .idle, .head, .body, .stalled: outbox.isEmpty ? .reading : [.reading, .writing]
    case .sending, .closing: .writing
    case .lingering: .reading
    case .closed: []
    }
  }

  private var reads: Bool {
    switch phase {
    case .handshake, .idle, .head, .body, .stalled, .lingering: true
    case .sending, .closing, .closed: false
    }
  }
}

// What happens to a connection.
extension Connection {
  /// The socket can be read: take what is there, to be read when everybody's is there.
  func receive(_ bench: Workbench) {
    guard reads else { return }
    do {
      guard case .done(let range) = try socket.receive(into: bench.buffer) else { return }
      received = range
    } catch {
      end()
    }
  }

  /// Reads and answers what was received in this turn.
  func readReceived(_ bench: Workbench) {
    guard let range = received.take() else { return }
    bench.metrics.receivedBytes.add(range.count)
    if range.isEmpty { return peerEnded() }
    if phase == .lingering { return }
    hadItsTurn = true
    bench.buffer.withBytes(range) { take($0, bench) }
  }

  /// Sends what waits, as far as the kernel takes it, and goes on with what waited for that, unless it had its
  /// turn already: who has asked for much at once takes turns with the others. The poller tells when there is room
  /// for more.
  func send(_ bench: Workbench) {
    guard phase != .closed else { return }
    flush(bench)
    let mayGoOn = !exchange(&hadItsTurn, with: false)
    if phase == .sending, outbox.isEmpty, mayGoOn {
      resume(bench)
      flush(bench)
    }
    if peerHasEnded, phase != .sending, phase != .closing {
      finish(bench)
      flush(bench)
    }
  }

  /// The server stops soon: let the peer take its next request elsewhere.
  func announceEnd(_ bench: Workbench) {
    switch phase {
    case .idle, .head, .body, .stalled, .sending:
      settle(http?.announceEnd(output: &bench.output), bench)
    case .handshake, .closing, .lingering, .closed: break
    }
  }

  /// The server is stopping: answer what was asked, then close. Who is just coming may still ask once, but not for long.
  func shutDown(_ bench: Workbench) {
    switch phase {
    case .handshake,
      .idle where !isProven:
      announceEnd(bench)
      // Its deadline becomes a shorter one.
      timedFor = nil
    case .idle, .head, .body, .stalled, .sending:
      settle(http?.shutDown(output: &bench.output), bench)
    case .closing, .lingering, .closed: break
    }
  }

  /// Keeps no memory that only speed needs.
  func coolDown() {
    isWarm = false
    tls.releaseBuffers()
  }

  /// Gives up without another word.
  func end() {
    phase = .closed
  }

  /// The peer will send no more; it may still be reading.
  private func peerEnded() {
    if outbox.isEmpty || phase == .lingering { return end() }
    beginClosing()
  }
}

// The way through the floors.
extension Connection {
  private func take(_ ciphertext: Span<UInt8>, _ bench: Workbench) {
    var plaintext = exchange(&bench.plaintext, with: [])
    defer {
      plaintext.removeAll(keepingCapacity: true)
      bench.plaintext = plaintext
    }
    switch tls.receive(ciphertext, plaintext: &plaintext, reply: &outbox.bytes) {
    case .handshaking:
      break
    case .open:
      serve(plaintext.span, bench)
      bound(ciphertext.count, plaintext.count, bench)
    case .ended:
      peerHasEnded = true
      serve(plaintext.span, bench)
      // What waits for room is answered in later turns, before the end is said.
      if phase != .sending { finish(bench) }
    case .failed(let failure):
      if http == nil { bench.note(failure) }
      finish(bench)
    }
  }

  /// TLS has messages of its own, such as new keys, and each costs; whoever sends little else has to go. What TLS itself
  /// replies waits to be taken as answers do.
  private func bound(_ received: Int, _ read: Int, _ bench: Workbench) {
    bytesWithoutContent = max(0, bytesWithoutContent + received - ServerLimits.weightOfContent * read)
    if bytesWithoutContent > ServerLimits.bytesWithoutContent {
      bench.endpoints.state.metrics.count(.tlsFlood)
      return finish(bench)
    }
    if phase == .idle, outbox.count > HTTPLimits.waitingOutput { phase = .sending }
  }

  private func serve(_ plaintext: Span<UInt8>, _ bench: Workbench) {
    if http == nil { begin(bench) }
    guard !plaintext.isEmpty || !bench.output.isEmpty else { return }
    http?.takeTime(bench.clock.began.nanoseconds)
    settle(
      http?.receive(plaintext, at: bench.date, output: &bench.output) { request in
        bench.answer(request, over: version, from: client)
      }, bench)
  }

  /// The handshake is done: what was agreed on says who goes on.
  private func begin(_ bench: Workbench) {
    version = tls.applicationProtocol
    switch version {
    case .http1: http = .http1(HTTP1Session(memory: bench.memory))
    case .http2: http = .http2(HTTP2Session(memory: bench.memory))
    }
    client = tls.peerName
    bench.metrics.handshakes.count(tls)
    phase = .idle
    if bench.isDraining { _ = http?.announceEnd(output: &bench.output) }
  }

  private func resume(_ bench: Workbench) {
    http?.takeTime(bench.clock.began.nanoseconds)
    settle(
      http?.resume(at: bench.date, output: &bench.output) { request in
        bench.answer(request, over: version, from: client)
      }, bench)
  }

  /// Encrypts what the session said, and takes over its state.
  private func settle(_ state: SessionState?, _ bench: Workbench) {
    // From the handshake's end on there is a session.
    guard let state else { return end() }
    for reason in http?.takeRefusals() ?? [] { bench.note(reason) }
    // Swapped in and out: an assignment would count a reference.
    var output: [UInt8] = []
    swap(&output, &bench.output)
    let sending = tls.send(output.span, into: &outbox.bytes)
    output.removeAll(keepingCapacity: true)
    swap(&output, &bench.output)
    if case .failed = sending { return end() }
    switch state {
    case .idle: phase = .idle
    case .head: phase = .head
    case .body: phase = .body
    case .stalled: phase = .stalled
    case .paused: phase = .sending
    case .closing:
      if let rejection = http?.rejection { bench.note(rejection) }
      return finish(bench)
    }
    // Answers wait for the end of the turn, but not so many that they would be much memory.
    if outbox.count > ServerLimits.unsentInTurn { flush(bench) }
    // Who does not take answers gets no more of them.
    if phase != .closed, outbox.count > HTTPLimits.waitingOutput { phase = .sending }
  }

  /// Says goodbye and closes when the peer has taken everything.
  private func finish(_ bench: Workbench) {
    guard phase != .closed, phase != .lingering else { return }
    tls.close(into: &outbox.bytes)
    beginClosing()
  }

  /// What the session holds is not needed for the goodbye, which may take its time.
  private func beginClosing() {
    http = nil
    phase = .closing
  }

  private func flush(_ bench: Workbench) {
    let before = outbox.count
    let delivery = outbox.send(to: socket)
    bench.metrics.sentBytes.add(before - outbox.count)
    switch delivery {
    case .done where phase == .closing:
      // Nothing is on its way from it that closing now could answer with a reset.
      if peerHasEnded { return end() }
      socket.endSending()
      phase = .lingering
    case .hopeless: end()
    case .done, .waiting: break
    }
  }
}
