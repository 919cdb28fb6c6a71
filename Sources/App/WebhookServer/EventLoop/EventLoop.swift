internal import HTTPWire
internal import Platform

/// Accepts connections and serves them on one thread until a command stops it.
///
/// An iteration has four steps: wait for events and receive; decrypt, handle and encrypt; send; accept and carry out
/// commands. Each step is done for every active connection before the next one begins, so that code that has just run
/// runs again while it is in the caches.
final class EventLoop {
  /// A command of the main thread.
  enum Command: Sendable {
    /// Go on, and ask each client with its next response to use another connection.
    case beginDrain
    /// Stop accepting, end every connection in order, and return when the last one is closed.
    case shutDownGracefully
    /// Return at once.
    case stopImmediately
  }

  /// Whether the listening sockets are registered with the poller.
  enum AcceptState {
    case accepting
    /// At the connection limit, until a connection closes.
    case full
    /// After a failure or without a connection to evict.
    case backingOff(until: MonotonicInstant)
    /// Shutting down.
    case ended
  }

  enum State {
    case running
    /// Until the last connection is closed.
    case shuttingDown
    case stopped
  }

  let poller: Poller
  let listeners: [SharedListener]
  let tlsContext: TLSContextStore
  let timeouts: ConnectionTimeouts
  let budget: ResourceBudget
  let context: EventLoopContext
  private let commandQueue: CommandQueue

  var connections = Slab<Connection>()
  /// Connections whose TLS handshake is not complete.
  var handshakeCount = 0
  /// Connections with an event in this iteration; their input is processed after polling.
  var activeConnections: [Connection] = []
  var bufferHolders = BufferHolders()
  var deadlines = TimerWheel(now: .now)
  /// Indices of the listeners with pending connections, as the poller reported them in this iteration.
  var readyListeners: [Int] = []
  var acceptState = AcceptState.full
  /// Earliest time of the next search for connections that hold memory.
  var nextReclaimAt = MonotonicInstant.now
  private(set) var state = State.running
  private var busyPolling = BusyPolling(window: ServerLimits.busyPollWindow, threshold: ServerLimits.busyPollThreshold)
  private var hasCommands = false

  init(
    listeners: [SharedListener], commandQueue: CommandQueue, tlsContext: TLSContextStore, handler: RequestHandler,
    timeouts: ConnectionTimeouts, budget: ResourceBudget
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
    while isRunning {
      try poller.wait(
        until: nextWakeup, busyPollUntil: busyPolling.end, from: now, wake: context.beginIteration, handle)
      now = context.reviewTimer.iterationStart
      processReceived()
      busyPolling.record(soleActiveClient, at: now)
      sendResponses(at: now)
      // After sending: accepting and commands may close connections, and received requests are answered by now.
      acceptPendingConnections()
      if hasCommands { handle(commandQueue.drain()) }
      // Last, so that a shutdown does not poll again after the last connection has timed out.
      for token in deadlines.expired(by: now) { closeTimedOut(token) }
      resumeAccepting(at: now)
      context.publishMemoryMetrics()
    }
  }

  private var isRunning: Bool {
    switch state {
    case .running: true
    case .shuttingDown: connections.count > 0
    case .stopped: false
    }
  }

  private var soleActiveClient: BusyPolling.Client? {
    activeConnections.count == 1 ? (activeConnections[0].token, activeConnections[0].responseCount) : nil
  }

  /// The time of the next deadline; nil without one.
  private var nextWakeup: MonotonicInstant? {
    guard case .backingOff(let end) = acceptState else { return deadlines.next }
    return deadlines.next.map { min($0, end) } ?? end
  }

  private func handle(_ event: Poller.Event) {
    if event.token == .wakeup {
      hasCommands = true
    } else if event.token.generation == Poller.Token.listenerGeneration {
      readyListeners.append(Int(event.token.slot))
    } else {
      // Before the lookup: reclaiming memory may close this very connection.
      if !context.buffer.hasFreeChunk { processReceived() }
      guard let connection = connections[event.token] else { return }
      if event.isReadable { connection.receive(context) }
      activeConnections.append(consume connection)
    }
  }

  /// Processes the input of all active connections, once all of it is received.
  func processReceived() {
    if context.memory.bytesOverWatermark > 0 { reclaimMemory() }
    for connection in activeConnections { connection.processReceived(context) }
    context.buffer.clear()
  }

  /// Sends all responses back to back: waking a client between two of them makes each send dearer.
  func sendResponses(at now: MonotonicInstant) {
    context.recordResponseLatency()
    for connection in activeConnections where connections.holds(connection.token) {
      connection.send(context)
      updateRegistration(of: connection, at: now)
      if connections.holds(connection.token) { retainBuffers(of: connection) }
    }
    activeConnections.removeAll(keepingCapacity: true)
    // Responses of connections that were evicted in this iteration.
    context.recordResponseLatency()
  }
}

// Commands.
extension EventLoop {
  private func handle(_ commands: [Command]) {
    hasCommands = false
    for command in commands {
      switch command {
      case .beginDrain: beginDrain()
      case .shutDownGracefully: shutDownGracefully()
      case .stopImmediately: state = .stopped
      }
    }
  }

  private func beginDrain() {
    context.isDraining = true
    activeConnections = connections.all
    for connection in activeConnections { connection.beginDrain(context) }
    sendResponses(at: .now)
  }

  private func shutDownGracefully() {
    // Connections that the kernel has completed are served; later ones are refused at once.
    for listener in listeners {
      accept(from: listener, atMost: Int(ServerLimits.backlog))
      listener.listener.stopListening()
    }
    if case .running = state { state = .shuttingDown }
    context.isDraining = true
    endAccepting()
    activeConnections = connections.all
    receiveOnce()
    for connection in activeConnections { connection.shutDownGracefully(context) }
    sendResponses(at: .now)
  }

  /// Receives what has arrived since the last poll: requests on connections that close now would be lost.
  private func receiveOnce() {
    for connection in activeConnections {
      if !context.buffer.hasFreeChunk { processReceived() }
      connection.receive(context)
    }
    processReceived()
  }
}

extension Poller.Token {
  /// Connections count generations up from zero and never reach this one.
  static let listenerGeneration = UInt32.max
  static func listener(_ index: Int) -> Poller.Token { .init(slot: UInt32(index), generation: listenerGeneration) }
  static let wakeup = Poller.Token(slot: .max, generation: .max)
}
