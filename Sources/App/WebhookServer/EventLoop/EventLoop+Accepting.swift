internal import HTTPWire
internal import Logging
internal import Platform

// Accepting connections.
extension EventLoop {
  var isAccepting: Bool { if case .accepting = acceptState { true } else { false } }
  private var isAtConnectionLimit: Bool { connections.count >= budget.maxConnectionsPerLoop }
  private var serverHasCapacity: Bool { context.handler.state.metrics.openConnections < budget.maxConnections }

  /// Registers the listening sockets.
  func startAccepting() {
    switch acceptState {
    case .accepting, .ended: return
    case .full, .backingOff: acceptState = .accepting
    }
    do throws(Errno) {
      for (index, listener) in listeners.enumerated() {
        try poller.register(listener.listener.descriptor, as: .listener(index), for: [.reading, .exclusive])
      }
    } catch {
      backOff(error)
    }
  }

  func resumeAccepting(at now: MonotonicInstant) {
    if case .backingOff(let end) = acceptState, end <= now { startAccepting() }
  }

  func endAccepting() { stopAccepting(.ended) }

  private func stopAccepting(_ newState: AcceptState) {
    if isAccepting {
      // A socket whose registration failed has none to remove.
      for listener in listeners { try? poller.remove(listener.listener.descriptor) }
    }
    acceptState = newState
  }

  /// Stops accepting for a while: a readable listening socket would keep the event loop spinning.
  private func backOff(_ error: Errno?) {
    let reason = error.map { "\($0)" } ?? "no connection may be evicted"
    context.handler.log.warning("accept failed, trying again", metadata: ["reason": "\(reason)"])
    context.metrics.acceptPauses.add()
    stopAccepting(.backingOff(until: .now + ServerLimits.acceptBackoff))
  }

  func acceptPendingConnections() {
    if readyListeners.isEmpty { return }
    for index in exchange(&readyListeners, with: []) { accept(from: listeners[index]) }
    // Now, not at the next connection: the kernel may report that one to this event loop alone (EPOLLEXCLUSIVE).
    if isAtConnectionLimit, serverHasCapacity, isAccepting { stopAccepting(.full) }
  }

  /// Accepts up to `count` pending connections; the poller reports the rest again.
  func accept(from shared: SharedListener, atMost count: Int = ServerLimits.maxAcceptsPerIteration) {
    for number in 0..<count where isAccepting {
      // The first one is accepted even if another event loop has capacity, which may not have been notified.
      if isAtConnectionLimit, (number > 0 && serverHasCapacity) || !shared.listener.hasPendingConnection { return }
      let evicted = isAtConnectionLimit ? evictionCandidates(for: .connectionLimit) : []
      if isAtConnectionLimit, evicted.isEmpty { return }
      do throws(Errno) {
        switch try shared.listener.accept() {
        case .connection(let socket, from: _):
          evict(evicted)
          if handshakeCount >= budget.maxHandshakesPerLoop { evictHandshakes() }
          add(socket)
        case .wouldBlock: return
        case .descriptorsExhausted(let error):
          context.handler.state.metrics.count(.descriptors)
          let evicted = evictionCandidates(for: .descriptorsExhausted)
          if evicted.isEmpty { backOff(error) } else { evict(evicted) }
        }
      } catch {
        backOff(error)
      }
    }
  }
}

// Eviction.
extension EventLoop {
  /// Returns the connections to evict first, one of `ServerLimits.evictionFraction`; backs off if none may be evicted.
  private func evictionCandidates(for trigger: EvictionPolicy.Trigger) -> [Connection] {
    if trigger == .connectionLimit { context.handler.state.metrics.count(.connections) }
    let count = max(1, connections.count / ServerLimits.evictionFraction)
    let candidates = EvictionPolicy.candidates(count, from: connections.all, for: trigger, timeouts, at: .now)
    if candidates.isEmpty, trigger == .connectionLimit { backOff(nil) }
    return candidates
  }

  /// A handshake may hold more memory than any other connection without a request.
  private func evictHandshakes() {
    context.handler.state.metrics.count(.handshakes)
    let count = max(1, handshakeCount / ServerLimits.evictionFraction)
    let handshakes = connections.all.filter { $0.phase == .handshake }
    evict(EvictionPolicy.candidates(count, from: handshakes, for: .connectionLimit, timeouts, at: .now))
  }

  /// Evicts slow holders of in-flight memory before large requests of other clients need it.
  func reclaimMemory() {
    let now = MonotonicInstant.now
    guard nextReclaimAt <= now else { return }
    nextReclaimAt = now + ServerLimits.reclaimInterval
    let holders = EvictionPolicy.memoryHolders(
      of: context.memory.bytesOverWatermark, among: connections.all, timeouts, at: now)
    if holders.isEmpty { return }
    context.handler.state.metrics.count(.memory)
    evict(holders)
  }

  private func evict(_ evicted: [Connection]) {
    context.metrics.evictedConnections.add(evicted.count)
    for connection in evicted { remove(connection) }
    // Their input is not processed any more: no response could be delivered.
    activeConnections.removeAll { !connections.holds($0.token) }
  }
}
