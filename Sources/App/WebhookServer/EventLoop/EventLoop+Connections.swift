internal import Platform

// The table of connections, their registrations and deadlines.
extension EventLoop {
  func add(_ socket: consuming Socket) {
    context.metrics.connections.add()
    context.metrics.openConnections.add()
    handshakeCount += 1
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

  /// Brings poller and deadline in line with the connection's phase.
  func updateRegistration(of connection: Connection, at now: MonotonicInstant) {
    if connection.phase == .closed { return remove(connection) }
    if connection.phase != .handshake { endHandshake(of: connection) }
    let interest = connection.interest
    if interest != connection.registeredInterest {
      connection.registeredInterest = interest
      do throws(Errno) {
        try poller.change(connection.socket.descriptor, as: connection.token, to: interest)
      } catch {
        // Without a registration no event would ever wake it.
        connection.abort()
        return remove(connection)
      }
    }
    let requestPhase = connection.requestPhase
    if requestPhase != connection.deadlinePhase {
      connection.deadlinePhase = requestPhase
      connection.phaseStart = connection.requestPhaseStart ?? now
      let timeout = timeouts.timeout(for: connection.phase, isShuttingDown: isShuttingDown)
      deadlines.set(connection.token, at: connection.phaseStart + timeout)
    }
  }

  private var isShuttingDown: Bool { if case .running = state { false } else { true } }

  private func endHandshake(of connection: Connection) {
    guard connection.isHandshaking else { return }
    connection.isHandshaking = false
    handshakeCount -= 1
  }

  func closeTimedOut(_ token: Poller.Token) {
    guard let connection = connections[token] else { return }
    context.record(expired: connection.phase)
    connection.abort()
    remove(connection)
  }

  /// Removes a connection; its socket closes with it.
  func remove(_ connection: Connection) {
    try? poller.remove(connection.socket.descriptor)
    deadlines.clear(connection.token)
    connections.remove(connection.token)
    endHandshake(of: connection)
    context.metrics.openConnections.add(-1)
    if case .full = acceptState { startAccepting() }
  }

  /// Lets a connection that has served a request keep its TLS buffers, and releases those of the oldest holder.
  func retainBuffers(of connection: Connection) {
    if connection.retainsBuffers || connection.phase == .handshake { return }
    guard connection.hasReceivedRequest else { return connection.releaseIdleBuffers() }
    connection.retainsBuffers = true
    if let oldest = bufferHolders.add(connection.token) { connections[oldest]?.releaseIdleBuffers() }
  }
}

/// The connections that keep their TLS buffers between requests: the last `ServerLimits.maxBufferHolders`, as a ring.
struct BufferHolders {
  private var tokens: [Poller.Token] = []
  private var oldest = 0

  /// Adds a connection; returns the one that it replaces.
  mutating func add(_ token: Poller.Token) -> Poller.Token? {
    if tokens.count < ServerLimits.maxBufferHolders {
      tokens.append(token)
      return nil
    }
    defer {
      tokens[oldest] = token
      oldest = (oldest + 1) % tokens.count
    }
    return tokens[oldest]
  }
}
