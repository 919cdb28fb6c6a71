internal import Logging
internal import Reactor
internal import Synchronization
internal import TLSWire

/// One thread's share of the work: it accepts connections and serves them until it is told to stop.
final class Loop {
  /// What the main thread tells a loop.
  enum Order: Sendable {
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
  private let bench: Workbench
  private var connections = Slots<Connection>()
  private var deadlines = Deadlines(now: .now)
  private var isAccepting = false
  /// When to try again after there was no room for another descriptor.
  private var acceptsAgainAt: Moment?
  private var isShuttingDown = false
  private var isStopped = false

  init(
    listeners: [SharedListener], mailbox: Mailbox, context: ContextBox, endpoints: Endpoints, patience: Patience
  ) throws(Errno) {
    self.listeners = listeners
    self.mailbox = mailbox
    self.context = context
    self.patience = patience
    poller = try Poller(batch: ServerLimits.events)
    bench = Workbench(endpoints: endpoints)
    try poller.register(mailbox.wakeup.descriptor, as: .wakeup, for: .reading)
    try startAccepting()
  }

  func run() throws(Errno) {
    while !isStopped, !isShuttingDown || connections.count > 0 {
      let now = Moment.now
      bench.setDate(to: WallClock.seconds)
      for token in deadlines.expired(by: now) { expire(token) }
      if let moment = acceptsAgainAt, moment <= now { try startAccepting() }
      try poller.wait(atMost: sleep(from: now), handle)
    }
  }

  private func sleep(from now: Moment) -> Duration? {
    let untilAccepting = acceptsAgainAt.map { max(.zero, $0 - now) }
    let untilDeadline = deadlines.sleep(from: now)
    return [untilAccepting, untilDeadline].compactMap(\.self).min()
  }

  private func handle(_ event: Poller.Event) {
    if event.token == .wakeup {
      obey(mailbox.take())
    } else if event.token.generation == Poller.Token.listenerGeneration {
      accept(from: listeners[Int(event.token.slot)])
    } else if let connection = connections[event.token] {
      if event.isReadable { connection.receive(bench) }
      if event.isWritable { connection.send(bench) }
      settle(connection)
    }
  }

  private func obey(_ orders: [Order]) {
    for order in orders {
      switch order {
      case .shutDown:
        for listener in listeners { accept(from: listener) }
        isShuttingDown = true
        stopAccepting()
        acceptsAgainAt = nil
        for connection in connections.all {
          connection.shutDown(bench)
          settle(connection)
        }
      case .stop:
        isStopped = true
      }
    }
  }
}

// Connections come and go.
extension Loop {
  private func startAccepting() throws(Errno) {
    acceptsAgainAt = nil
    guard !isAccepting, !isShuttingDown, connections.count < ServerLimits.connectionsPerLoop else { return }
    for (index, listener) in listeners.enumerated() {
      try poller.register(listener.listener.descriptor, as: .listener(index), for: [.reading, .exclusive])
    }
    isAccepting = true
  }

  private func stopAccepting() {
    guard isAccepting else { return }
    for listener in listeners { try? poller.remove(listener.listener.descriptor) }
    isAccepting = false
  }

  /// Takes everybody who is waiting, unless there is no room.
  private func accept(from shared: SharedListener) {
    while isAccepting {
      do throws(Errno) {
        switch try shared.listener.accept() {
        case .connection(let socket, from: _): add(socket)
        case .nobody: return
        case .exhausted(let reason): pauseAccepting(reason)
        }
      } catch {
        pauseAccepting(error)
      }
      if connections.count >= ServerLimits.connectionsPerLoop {
        bench.endpoints.state.metrics.count(.connections)
        stopAccepting()
      }
    }
  }

  /// Without room, the listening socket would stay readable and the loop would turn idly.
  private func pauseAccepting(_ reason: Errno) {
    bench.endpoints.state.metrics.count(.descriptors)
    bench.endpoints.log.warning("cannot accept connections for now", metadata: ["reason": "\(reason)"])
    stopAccepting()
    acceptsAgainAt = .now + ServerLimits.acceptPause
  }

  private func add(_ socket: consuming Socket) {
    bench.metrics.connections.add()
    bench.metrics.openConnections.add()
    var waiting: Socket? = socket
    let connection = connections.insert { token in
      guard let socket = waiting.take() else { preconditionFailure("a connection is made once") }
      return Connection(token: token, socket: socket, context: context.current)
    }
    do throws(Errno) {
      try poller.register(connection.socket.descriptor, as: connection.token, for: connection.polledFor)
    } catch {
      connection.end()
    }
    settle(connection)
  }

  /// Makes poller and deadlines follow what a connection now waits for.
  private func settle(_ connection: Connection) {
    if connection.phase == .closed { return remove(connection) }
    let interest = connection.interest
    if interest != connection.polledFor {
      connection.polledFor = interest
      try? poller.change(connection.socket.descriptor, as: connection.token, to: interest)
    }
    if connection.turn != connection.timedFor {
      connection.timedFor = connection.turn
      deadlines.set(connection.token, at: .now + patience.duration(of: connection.phase))
    }
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
    bench.metrics.openConnections.add(-1)
    if !isAccepting, acceptsAgainAt == nil { try? startAccepting() }
  }
}

extension Poller.Token {
  /// Connections count their generations up from zero and never get here.
  static let listenerGeneration = UInt32.max
  static func listener(_ index: Int) -> Poller.Token { .init(slot: UInt32(index), generation: listenerGeneration) }
  static let wakeup = Poller.Token(slot: .max, generation: .max)
}
