internal import Logging
internal import HTTPWire
internal import Reactor

/// One thread's share of the work: it accepts connections and serves them until it is told to stop.
final class Loop {
  /// What the main thread tells a loop.
  enum Order: Sendable {
    /// Go on, and let every client know with its next answer that it has to go elsewhere.
    case announceEnd
    /// Accept no more, end every connection in order, and return when the last one is gone.
    case shutDown
    /// Return at once.
    case stop
  }

  private let poller: Poller
  private let listeners: [SharedListener]
  private let mailbox: Mailbox
  private let context: ContextBox
  private let patience: Patience
  private let room: Room
  private let bench: Workbench
  private var connections = Slots<Connection>()
  private var handshakes = 0
  /// Whoever had something to do in this turn; what they sent is read at its end.
  private var served: [Connection] = []
  /// The connections that keep their buffers, as a ring that begins at `coldest`.
  private var warm: [Poller.Token] = []
  private var coldest = 0
  private var deadlines = Deadlines(now: .now)
  private var busyPolling = BusyPolling(window: ServerLimits.awake, enough: ServerLimits.quickAnswers)
  private var hasOrders = false
  /// The listeners at which somebody waits, by the poller's word of this turn.
  private var knocked: [Int] = []
  private var isAccepting = false
  /// When to try again after there was no room for another descriptor.
  private var acceptsAgainAt: Moment?
  /// When to look again for those who hold memory that is short.
  private var relievesAgainAt = Moment.now
  private var isShuttingDown = false
  private var isStopped = false

  init(
    listeners: [SharedListener], mailbox: Mailbox, context: ContextBox, endpoints: Endpoints, patience: Patience,
    room: Room
  ) throws(Errno) {
    self.listeners = listeners
    self.mailbox = mailbox
    self.context = context
    self.patience = patience
    self.room = room
    poller = try Poller(batch: ServerLimits.events)
    bench = Workbench(endpoints: endpoints, memory: SharedMemory(limit: room.bytesInFlightOfLoop))
    try poller.register(mailbox.wakeup.descriptor, as: .wakeup, for: .reading)
    startAccepting()
  }

  func run() throws(Errno) {
    var now = Moment.now
    while !isStopped, !isShuttingDown || connections.count > 0 {
      try poller.wait(
        until: wakesAt, awakeUntil: busyPolling.end, from: now, wake: bench.beginTurn, handle)
      now = bench.clock.began
      readReceived()
      busyPolling.note(loneClient, at: now)
      sendAnswers(at: now)
      // Newcomers and orders may close connections: whoever has asked has its answer by now.
      acceptNewcomers()
      if hasOrders { obey(mailbox.take()) }
      // Last, so that a loop that shuts down does not wait again after its last connection ran out of time.
      for token in deadlines.expired(by: now) { expire(token) }
      if let moment = acceptsAgainAt, moment <= now { startAccepting() }
      bench.tellOfMemory()
    }
  }

  private var loneClient: BusyPolling.Client? {
    served.count == 1 ? (served[0].token, served[0].answered) : nil
  }

  /// Until when it may sleep; nil where nothing is due.
  private var wakesAt: Moment? {
    guard let acceptsAgainAt else { return deadlines.next }
    return deadlines.next.map { min($0, acceptsAgainAt) } ?? acceptsAgainAt
  }

  private func handle(_ event: Poller.Event) {
    if event.token == .wakeup {
      hasOrders = true
    } else if event.token.generation == Poller.Token.listenerGeneration {
      knocked.append(Int(event.token.slot))
    } else {
      // First, since it may take memory from just this connection, and then that is gone.
      if !bench.buffer.hasRoom { readReceived() }
      guard let connection = connections[event.token] else { return }
      if event.isReadable { connection.receive(bench) }
      served.append(consume connection)
    }
  }

  /// Reads what this turn's connections have sent, once all of it is received: code that has just run runs faster.
  private func readReceived() {
    if bench.memory.shortage > 0 { relieveMemory() }
    for connection in served { connection.readReceived(bench) }
    bench.buffer.clear()
  }

  /// Sends all answers, one after the other: a client that is woken for each by itself makes every send dearer.
  private func sendAnswers(at now: Moment) {
    bench.timeAnswers()
    for connection in served where connections.holds(connection.token) {
      connection.send(bench)
      settle(connection, at: now)
      if connections.holds(connection.token) { keepWarm(connection) }
    }
    served.removeAll(keepingCapacity: true)
    // Those that somebody had to make room for.
    bench.timeAnswers()
  }

  /// Those that ask something keep their buffers, until so many others have come: then the first one goes cold.
  private func keepWarm(_ connection: Connection) {
    if connection.isWarm || connection.phase == .handshake { return }
    guard connection.isProven else { return connection.coolDown() }
    connection.isWarm = true
    if warm.count < ServerLimits.warmConnections {
      warm.append(connection.token)
    } else {
      connections[warm[coldest]]?.coolDown()
      warm[coldest] = connection.token
      coldest = (coldest + 1) % warm.count
    }
  }

  private func obey(_ orders: [Order]) {
    hasOrders = false
    for order in orders {
      switch order {
      case .announceEnd:
        bench.isDraining = true
        served = connections.all
        for connection in served { connection.announceEnd(bench) }
        sendAnswers(at: .now)
      case .shutDown:
        // Whoever got through in time is served; the next one learns at once that nobody is here.
        for listener in listeners {
          accept(from: listener, atMost: Int(ServerLimits.backlog))
          listener.listener.endListening()
        }
        (isShuttingDown, bench.isDraining) = (true, true)
        stopAccepting()
        acceptsAgainAt = nil
        served = connections.all
        receiveOnce()
        for connection in served { connection.shutDown(bench) }
        sendAnswers(at: .now)
      case .stop:
        isStopped = true
      }
    }
  }
}

// Connections come and go.
extension Loop {
  /// What has come is answered, although the poller has not told of it yet: who is closed now would never be.
  private func receiveOnce() {
    for connection in served {
      if !bench.buffer.hasRoom { readReceived() }
      connection.receive(bench)
    }
    readReceived()
  }

  private func startAccepting() {
    acceptsAgainAt = nil
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

  private var isFull: Bool { connections.count >= room.ofLoop }
  private var othersHaveRoom: Bool { bench.endpoints.state.metrics.openConnections < room.ofServer }

  private func acceptNewcomers() {
    if knocked.isEmpty { return }
    for index in exchange(&knocked, with: []) { accept(from: listeners[index]) }
    // Until somebody leaves. Not later, when the next one has come: of that the kernel may tell this loop alone
    // (EPOLLEXCLUSIVE), and the others would not know.
    if isFull, othersHaveRoom { stopAccepting() }
  }

  /// Takes those who are waiting, at most so many: the poller tells of the others again.
  private func accept(from shared: SharedListener, atMost count: Int = ServerLimits.acceptsInTurn) {
    for number in 0..<count where isAccepting {
      // For the first one somebody makes room even if other loops have it, because they may not have been told of it.
      if isFull, (number > 0 && othersHaveRoom) || !shared.listener.isAwaited { return }
      let spared = isFull ? leavers(for: .full) : []
      if isFull, spared.isEmpty { return }
      do throws(Errno) {
        switch try shared.listener.accept() {
        case .connection(let socket, from: _):
          shed(spared)
          if handshakes >= room.handshakesOfLoop { shedHandshakes() }
          add(socket)
        case .nobody: return
        case .exhausted(let reason):
          bench.endpoints.state.metrics.count(.descriptors)
          let spared = leavers(for: .exhausted)
          if spared.isEmpty { pauseAccepting(reason) } else { shed(spared) }
        }
      } catch {
        pauseAccepting(error)
      }
    }
  }

  /// Who can be spared best, a hundredth of all at once. Where nobody can be, no more are accepted for now.
  private func leavers(for need: Shedding.Need) -> [Connection] {
    if need == .full { bench.endpoints.state.metrics.count(.connections) }
    let count = max(1, connections.count / ServerLimits.shedDivisor)
    let leavers = Shedding.choose(count, from: connections.all, for: need, patience, at: .now)
    if leavers.isEmpty, need == .full { pauseAccepting(nil) }
    return leavers
  }

  /// A handshake may hold more memory than anything else that has not asked yet.
  private func shedHandshakes() {
    bench.endpoints.state.metrics.count(.handshakes)
    let count = max(1, handshakes / ServerLimits.shedDivisor)
    let begun = connections.all.filter { $0.phase == .handshake }
    shed(Shedding.choose(count, from: begun, for: .full, patience, at: .now))
  }

  /// Makes room for the large requests of others before they need it.
  private func relieveMemory() {
    let now = Moment.now
    guard relievesAgainAt <= now else { return }
    relievesAgainAt = now + ServerLimits.reliefPause
    let holders = Shedding.holders(of: bench.memory.shortage, among: connections.all, patience, at: now)
    if holders.isEmpty { return }
    bench.endpoints.state.metrics.count(.memory)
    shed(holders)
  }

  private func shed(_ leavers: [Connection]) {
    bench.metrics.shedConnections.add(leavers.count)
    for connection in leavers { remove(connection) }
    // What they have sent is not read any more: an answer would go nowhere.
    served.removeAll { !connections.holds($0.token) }
  }

  /// Without room, the listening socket would stay readable and the loop would turn idly.
  private func pauseAccepting(_ reason: Errno?) {
    let reason = reason.map { "\($0)" } ?? "every connection is busy"
    bench.endpoints.log.warning("cannot accept connections for now", metadata: ["reason": "\(reason)"])
    bench.metrics.acceptPauses.add()
    stopAccepting()
    acceptsAgainAt = .now + ServerLimits.acceptPause
  }

  private func add(_ socket: consuming Socket) {
    bench.metrics.connections.add()
    bench.metrics.openConnections.add()
    handshakes += 1
    var waiting: Socket? = socket
    let connection = connections.insert { token in
      guard let socket = waiting.take() else { preconditionFailure("a connection is made once") }
      return Connection(token: token, socket: socket, context: context.current, memory: bench.memory)
    }
    do throws(Errno) {
      try poller.register(connection.socket.descriptor, as: connection.token, for: connection.polledFor)
    } catch {
      connection.end()
    }
    settle(connection, at: .now)
  }

  /// Makes poller and deadlines follow what a connection now waits for.
  private func settle(_ connection: Connection, at now: Moment) {
    if connection.phase == .closed { return remove(connection) }
    if connection.phase != .handshake { endHandshake(of: connection) }
    let interest = connection.interest
    if interest != connection.polledFor {
      connection.polledFor = interest
      do throws(Errno) {
        try poller.change(connection.socket.descriptor, as: connection.token, to: interest)
      } catch {
        // Nobody would wake it again.
        connection.end()
        return remove(connection)
      }
    }
    let turn = connection.turn
    if turn != connection.timedFor {
      connection.timedFor = turn
      connection.since = connection.turnBegan ?? now
      deadlines.set(
        connection.token, at: connection.since + patience.duration(of: connection.phase, isEnding: isShuttingDown))
    }
  }

  private func endHandshake(of connection: Connection) {
    guard connection.isShakingHands else { return }
    connection.isShakingHands = false
    handshakes -= 1
  }

  private func expire(_ token: Poller.Token) {
    guard let connection = connections[token] else { return }
    bench.note(expired: connection.phase)
    connection.end()
    remove(connection)
  }

  /// Forgets a connection; its socket is closed with it.
  private func remove(_ connection: Connection) {
    try? poller.remove(connection.socket.descriptor)
    deadlines.clear(connection.token)
    connections.remove(connection.token)
    endHandshake(of: connection)
    bench.metrics.openConnections.add(-1)
    if !isAccepting, acceptsAgainAt == nil { startAccepting() }
  }
}

extension Poller.Token {
  /// Connections count their generations up from zero and never get here.
  static let listenerGeneration = UInt32.max
  static func listener(_ index: Int) -> Poller.Token { .init(slot: UInt32(index), generation: listenerGeneration) }
  static let wakeup = Poller.Token(slot: .max, generation: .max)
}
