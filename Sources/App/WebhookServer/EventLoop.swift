internal import Logging
internal import HTTPWire
internal import Platform

/// One thread's share of the work: it accepts connections and serves them until it is told to stop.
final class EventLoop {
  /// What the main thread tells a loop.
  enum Command: Sendable {
    /// Go on, and let every client know with its next answer that it has to go elsewhere.
    case beginDrain
    /// Accept no more, end every connection in order, and return when the last one is gone.
    case shutDownGracefully
    /// Return at once.
    case stopImmediately
  }

  private let poller: Poller
  private let listeners: [SharedListener]
  private let commandQueue: CommandQueue
  private let tlsContext: TLSContextStore
  private let timeouts: ConnectionTimeouts
  private let budget: ResourceBudget
  private let context: EventLoopContext
  private var connections = Slab<Connection>()
  private var handshakes = 0
  /// Whoever had something to do in this turn; what they sent is read at its end.
  private var activeConnections: [Connection] = []
  /// The connections that keep their buffers, as a ring that begins at `oldestBufferHolder`.
  private var bufferHolders: [Poller.Token] = []
  private var oldestBufferHolder = 0
  private var deadlines = TimerWheel(now: .now)
  private var busyPolling = BusyPolling(window: ServerLimits.busyPollWindow, threshold: ServerLimits.busyPollThreshold)
  private var hasCommands = false
  /// The listeners at which somebody waits, by the poller's word of this turn.
  private var readyListeners: [Int] = []
  private var isAccepting = false
  /// When to try again after there was no room for another descriptor.
  private var acceptResumesAt: MonotonicInstant?
  /// When to look again for those who hold memory that is short.
  private var nextReclaimAt = MonotonicInstant.now
  private var isShuttingDown = false
  private var isStopped = false

  init(
    listeners: [SharedListener], commandQueue: CommandQueue, tlsContext: TLSContextStore, handler: RequestHandler,
    timeouts: ConnectionTimeouts,
    budget: ResourceBudget
  ) throws(Errno) {
    self.listeners = listeners
    self.commandQueue = commandQueue
    self.tlsContext = tlsContext
    self.timeouts = timeouts
    self.budget = budget
    poller = try Poller(batch: ServerLimits.maxEventsPerPoll)
    context = EventLoopContext(handler: handler, memory: MemoryBudget(limit: budget.maxInFlightBytesPerLoop))
    try poller.register(commandQueue.wakeup.descriptor, as: .wakeup, for: .reading)
    startAccepting()
  }

  func run() throws(Errno) {
    var now = MonotonicInstant.now
    while !isStopped, !isShuttingDown || connections.count > 0 {
      try poller.wait(
        until: nextWakeup, busyPollUntil: busyPolling.end, from: now, wake: context.beginIteration, handle)
      now = context.clock.iterationStart
      processReceived()
      busyPolling.record(soleActiveClient, at: now)
      sendAnswers(at: now)
      // Newcomers and orders may close connections: whoever has asked has its answer by now.
      acceptPendingConnections()
      if hasCommands { handle(commandQueue.drain()) }
      // Last, so that a loop that shuts down does not wait again after its last connection ran out of time.
      for token in deadlines.expired(by: now) { closeTimedOut(token) }
      if let moment = acceptResumesAt, moment <= now { startAccepting() }
      context.publishMemoryMetrics()
    }
  }

  private var soleActiveClient: BusyPolling.Client? {
    activeConnections.count == 1 ? (activeConnections[0].token, activeConnections[0].responseCount) : nil
  }

  /// Until when it may sleep; nil where nothing is due.
  private var nextWakeup: MonotonicInstant? {
    guard let acceptResumesAt else { return deadlines.next }
    return deadlines.next.map { min($0, acceptResumesAt) } ?? acceptResumesAt
  }

  private func handle(_ event: Poller.Event) {
    if event.token == .wakeup {
      hasCommands = true
    } else if event.token.generation == Poller.Token.listenerGeneration {
      readyListeners.append(Int(event.token.slot))
    } else {
      // First, since it may take memory from just this connection, and then that is gone.
      if !context.buffer.hasFreeChunk { processReceived() }
      guard let connection = connections[event.token] else { return }
      if event.isReadable { connection.receive(context) }
      activeConnections.append(consume connection)
    }
  }

  /// Reads what this turn's connections have sent, once all of it is received: code that has just run runs faster.
  private func processReceived() {
    if context.memory.bytesOverWatermark > 0 { reclaimMemory() }
    for connection in activeConnections { connection.processReceived(context) }
    context.buffer.clear()
  }

  /// Sends all answers, one after the other: a client that is woken for each by itself makes every send dearer.
  private func sendAnswers(at now: MonotonicInstant) {
    context.recordResponseLatency()
    for connection in activeConnections where connections.holds(connection.token) {
      connection.send(context)
      updateRegistration(of: connection, at: now)
      if connections.holds(connection.token) { retainBuffers(connection) }
    }
    activeConnections.removeAll(keepingCapacity: true)
    // Those that somebody had to make room for.
    context.recordResponseLatency()
  }

  /// Those that ask something keep their buffers, until so many others have come: then the first one goes cold.
  private func retainBuffers(_ connection: Connection) {
    if connection.retainsBuffers || connection.phase == .handshake { return }
    guard connection.hasServedRequest else { return connection.releaseIdleBuffers() }
    connection.retainsBuffers = true
    if bufferHolders.count < ServerLimits.maxBufferHolders {
      bufferHolders.append(connection.token)
    } else {
      connections[bufferHolders[oldestBufferHolder]]?.releaseIdleBuffers()
      bufferHolders[oldestBufferHolder] = connection.token
      oldestBufferHolder = (oldestBufferHolder + 1) % bufferHolders.count
    }
  }

  private func handle(_ commands: [Command]) {
    hasCommands = false
    for command in commands {
      switch command {
      case .beginDrain:
        context.isDraining = true
        activeConnections = connections.all
        for connection in activeConnections { connection.beginDrain(context) }
        sendAnswers(at: .now)
      case .shutDownGracefully:
        // Whoever got through in time is served; the next one learns at once that nobody is here.
        for listener in listeners {
          accept(from: listener, atMost: Int(ServerLimits.backlog))
          listener.listener.stopListening()
        }
        (isShuttingDown, context.isDraining) = (true, true)
        stopAccepting()
        acceptResumesAt = nil
        activeConnections = connections.all
        receiveOnce()
        for connection in activeConnections { connection.shutDownGracefully(context) }
        sendAnswers(at: .now)
      case .stopImmediately:
        isStopped = true
      }
    }
  }
}

// Connections come and go.
extension EventLoop {
  /// What has come is answered, although the poller has not told of it yet: who is closed now would never be.
  private func receiveOnce() {
    for connection in activeConnections {
      if !context.buffer.hasFreeChunk { processReceived() }
      connection.receive(context)
    }
    processReceived()
  }

  private func startAccepting() {
    acceptResumesAt = nil
    guard !isAccepting, !isShuttingDown else { return }
    isAccepting = true
    do throws(Errno) {
      for (index, listener) in listeners.enumerated() {
        try poller.register(listener.listener.descriptor, as: .listener(index), for: [.reading, .exclusive])
      }
    } catch {
      pauseAccepting(error)
    }
  }

  private func stopAccepting() {
    guard isAccepting else { return }
    // Where one could not be registered there is nothing to remove.
    for listener in listeners { try? poller.remove(listener.listener.descriptor) }
    isAccepting = false
  }

  private var isAtConnectionLimit: Bool { connections.count >= budget.maxConnectionsPerLoop }
  private var serverHasCapacity: Bool { context.handler.state.metrics.openConnections < budget.maxConnections }

  private func acceptPendingConnections() {
    if readyListeners.isEmpty { return }
    for index in exchange(&readyListeners, with: []) { accept(from: listeners[index]) }
    // Until somebody leaves. Not later, when the next one has come: of that the kernel may tell this loop alone
    // (EPOLLEXCLUSIVE), and the others would not know.
    if isAtConnectionLimit, serverHasCapacity { stopAccepting() }
  }

  /// Takes those who are waiting, at most so many: the poller tells of the others again.
  private func accept(from shared: SharedListener, atMost count: Int = ServerLimits.maxAcceptsPerIteration) {
    for number in 0..<count where isAccepting {
      // For the first one somebody makes room even if other loops have it, because they may not have been told of it.
      if isAtConnectionLimit, (number > 0 && serverHasCapacity) || !shared.listener.hasPendingConnection { return }
      let evicted = isAtConnectionLimit ? evictionCandidates(for: .connectionLimit) : []
      if isAtConnectionLimit, evicted.isEmpty { return }
      do throws(Errno) {
        switch try shared.listener.accept() {
        case .connection(let socket, from: _):
          evict(evicted)
          if handshakes >= budget.maxHandshakesPerLoop { evictHandshakes() }
          add(socket)
        case .wouldBlock: return
        case .descriptorsExhausted(let reason):
          context.handler.state.metrics.count(.descriptors)
          let evicted = evictionCandidates(for: .descriptorsExhausted)
          if evicted.isEmpty { pauseAccepting(reason) } else { evict(evicted) }
        }
      } catch {
        pauseAccepting(error)
      }
    }
  }

  /// Who can be spared best, a hundredth of all at once. Where nobody can be, no more are accepted for now.
  private func evictionCandidates(for trigger: EvictionPolicy.Trigger) -> [Connection] {
    if trigger == .connectionLimit { context.handler.state.metrics.count(.connections) }
    let count = max(1, connections.count / ServerLimits.evictionFraction)
    let evictionCandidates = EvictionPolicy.candidates(count, from: connections.all, for: trigger, timeouts, at: .now)
    if evictionCandidates.isEmpty, trigger == .connectionLimit { pauseAccepting(nil) }
    return evictionCandidates
  }

  /// A handshake may hold more memory than anything else that has not asked yet.
  private func evictHandshakes() {
    context.handler.state.metrics.count(.handshakes)
    let count = max(1, handshakes / ServerLimits.evictionFraction)
    let begun = connections.all.filter { $0.phase == .handshake }
    evict(EvictionPolicy.candidates(count, from: begun, for: .connectionLimit, timeouts, at: .now))
  }

  /// Makes room for the large requests of others before they need it.
  private func reclaimMemory() {
    let now = MonotonicInstant.now
    guard nextReclaimAt <= now else { return }
    nextReclaimAt = now + ServerLimits.reclaimInterval
    let memoryHolders = EvictionPolicy.memoryHolders(
      of: context.memory.bytesOverWatermark, among: connections.all, timeouts, at: now)
    if memoryHolders.isEmpty { return }
    context.handler.state.metrics.count(.memory)
    evict(memoryHolders)
  }

  private func evict(_ evictionCandidates: [Connection]) {
    context.metrics.evictedConnections.add(evictionCandidates.count)
    for connection in evictionCandidates { remove(connection) }
    // What they have sent is not read any more: an answer would go nowhere.
    activeConnections.removeAll { !connections.holds($0.token) }
  }

  /// Without room, the listening socket would stay readable and the loop would turn idly.
  private func pauseAccepting(_ reason: Errno?) {
    let reason = reason.map { "\($0)" } ?? "every connection is busy"
    context.handler.log.warning("accept failed, trying again", metadata: ["reason": "\(reason)"])
    context.metrics.acceptPauses.add()
    stopAccepting()
    acceptResumesAt = .now + ServerLimits.acceptBackoff
  }

  private func add(_ socket: consuming Socket) {
    context.metrics.connections.add()
    context.metrics.openConnections.add()
    handshakes += 1
    var waiting: Socket? = socket
    let connection = connections.insert { token in
      guard let socket = waiting.take() else { preconditionFailure("a connection is made once") }
      return Connection(token: token, socket: socket, tlsContext: tlsContext.current, memory: context.memory)
    }
    do throws(Errno) {
      try poller.register(connection.socket.descriptor, as: connection.token, for: connection.registeredInterest)
    } catch {
      connection.abort()
    }
    updateRegistration(of: connection, at: .now)
  }

  /// Makes poller and deadlines follow what a connection now waits for.
  private func updateRegistration(of connection: Connection, at now: MonotonicInstant) {
    if connection.phase == .closed { return remove(connection) }
    if connection.phase != .handshake { endHandshake(of: connection) }
    let interest = connection.interest
    if interest != connection.registeredInterest {
      connection.registeredInterest = interest
      do throws(Errno) {
        try poller.change(connection.socket.descriptor, as: connection.token, to: interest)
      } catch {
        // Nobody would wake it again.
        connection.abort()
        return remove(connection)
      }
    }
    let requestPhase = connection.requestPhase
    if requestPhase != connection.deadlinePhase {
      connection.deadlinePhase = requestPhase
      connection.phaseStart = connection.phaseBegan ?? now
      deadlines.set(
        connection.token,
        at: connection.phaseStart + timeouts.timeout(for: connection.phase, isDraining: isShuttingDown))
    }
  }

  private func endHandshake(of connection: Connection) {
    guard connection.isHandshaking else { return }
    connection.isHandshaking = false
    handshakes -= 1
  }

  private func closeTimedOut(_ token: Poller.Token) {
    guard let connection = connections[token] else { return }
    context.record(expired: connection.phase)
    connection.abort()
    remove(connection)
  }

  /// Forgets a connection; its socket is closed with it.
  private func remove(_ connection: Connection) {
    try? poller.remove(connection.socket.descriptor)
    deadlines.clear(connection.token)
    connections.remove(connection.token)
    endHandshake(of: connection)
    context.metrics.openConnections.add(-1)
    if !isAccepting, acceptResumesAt == nil { startAccepting() }
  }
}

extension Poller.Token {
  /// Connections count their generations up from zero and never get here.
  static let listenerGeneration = UInt32.max
  static func listener(_ index: Int) -> Poller.Token { .init(slot: UInt32(index), generation: listenerGeneration) }
  static let wakeup = Poller.Token(slot: .max, generation: .max)
}
