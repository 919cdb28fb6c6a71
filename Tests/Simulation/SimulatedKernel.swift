import CLinux
import Foundation
import TestSupport

@testable import Platform

/// A simulated kernel: descriptors, a network and a clock, all determined by one seed.
///
/// It handles the server's system calls (`Syscalls.interceptor`), so the server above it is the
/// real one. While the server waits for events, the clients act; when no client can, time jumps to the next due
/// event. Rare events of real networks are frequent: reads and writes are short, events arrive in any order and singly,
/// calls are interrupted. A single thread does everything, so a seed replays a run exactly.
final class SimulatedKernel: @unchecked Sendable {
  // Sendable: used by the one thread that runs a simulation.

  enum Object {
    case listener
    case socket(SimulatedConnection)
    case poller([Int32: epoll_event])
    case event(UInt64)
  }

  var random: SeededNumbers
  private(set) var now: Int64 = 1_000_000_000_000
  private(set) var open: [Int32: Object] = [:]
  /// Connections that are not accepted yet.
  private var waiting: [SimulatedConnection] = []
  private var isListening = true
  private var nextDescriptor: Int32 = 1000
  var clients: [SimulatedClient] = []
  /// Called once when every client is done; stops the server.
  var whenDone: () -> Void = {}
  private var isDone = false
  private var fault: Fault?
  /// The calls that can fail, in order, which a fault counts.
  private(set) var calls: [Fault.Call] = []
  /// Errors that only the kernel can see.
  private(set) var failure: String?
  private var iterations = 0

  /// The bytes received since the last wait, and their maximum.
  private var received = 0
  private(set) var maxBytesPerIteration = 0
  /// The number of waits with a zero timeout.
  private(set) var zeroTimeoutPolls = 0

  /// When the server gets the command to shut down.
  enum Stop {
    /// After every client is done.
    case whenDone
    case atIteration(Int)
    /// After every last request has arrived, before the server is notified of it; the network is reliable from then on.
    case withLastRequests
  }

  init(seed: UInt64, fault: Fault? = nil, stops: Stop = .whenDone) {
    random = SeededNumbers(seed: seed)
    self.fault = fault
    self.stops = stops
  }

  private let stops: Stop
  private var isReliable: Bool { if case .withLastRequests = stops { isDone } else { false } }
  /// Whether the shutdown began before every client was done.
  private(set) var stoppedEarly = false
  /// The number of requests that had arrived at the shutdown.
  private(set) var requestsAtStop = 0

  /// More system calls than any correct run makes: the server is in a busy loop.
  private static let maxIterations = 200_000

  func connect(window: Int) -> SimulatedConnection? {
    guard isListening else { return nil }
    let connection = SimulatedConnection(window: window)
    waiting.append(connection)
    return connection
  }

  /// The time of day at the start, in nanoseconds since 1970.
  private static let epoch: Int64 = 1_700_000_000_000_000_000
  var secondsOfDay: Int { Int((now + Self.epoch) / 1_000_000_000) }

  func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
}

// System calls.
extension SimulatedKernel {
  func intercept(_ call: SystemCall) -> SystemCall.Interception {
    if let error = fails(call) { return .failure(error) }
    switch call {
    case .time(let clock):
      return .result(Int(clock == CLOCK_REALTIME ? now + Self.epoch : now))
    case .close(let descriptor): return close(descriptor)
    case .socket: return .result(Int(make(.listener)))
    case .makePoller: return .result(Int(make(.poller([:]))))
    case .makeEvent: return .result(Int(make(.event(0))))
    case .setOption, .bind, .listen, .localAddress: return .result(0)
    case .accept: return accept()
    case .poll: return .result(isListening && waiting.isEmpty ? 0 : 1)
    case .receive(let descriptor, let buffer): return receive(descriptor, buffer)
    case .send(let descriptor, let buffer): return send(descriptor, buffer)
    case .endSending(let descriptor):
      if case .socket(let connection) = open[descriptor] { connection.serverHasEnded = true }
      return .result(0)
    case .endReceiving:
      isListening = false
      for connection in waiting { connection.isReset = true }
      waiting = []
      return .result(0)
    case .read(let descriptor, let buffer): return readEvent(descriptor, buffer)
    case .write(let descriptor, let buffer):
      if case .event(let count) = open[descriptor] { open[descriptor] = .event(count + 1) }
      return .result(buffer.count)
    case .control(let poller, let operation, let descriptor, let event):
      return control(poller, operation, descriptor, event.pointee)
    case .wait(let poller, let events, let milliseconds): return wait(poller, events, milliseconds)
    default: return .kernel
    }
  }

  private func make(_ object: Object) -> Int32 {
    nextDescriptor += 1
    open[nextDescriptor] = object
    return nextDescriptor
  }

  private func close(_ descriptor: Int32) -> SystemCall.Interception {
    guard let object = open.removeValue(forKey: descriptor) else {
      failure = "descriptor \(descriptor) was closed twice"
      return .failure(Errno(rawValue: EBADF))
    }
    if case .socket(let connection) = object { connection.closeByServer() }
    // As in the kernel, a closed descriptor leaves every poller.
    for (poller, object) in open {
      if case .poller(var watched) = object {
        watched[descriptor] = nil
        open[poller] = .poller(watched)
      }
    }
    return .result(0)
  }

  private func accept() -> SystemCall.Interception {
    guard isListening else { return .failure(Errno(rawValue: EINVAL)) }
    guard !waiting.isEmpty else { return .failure(.wouldBlock) }
    return .result(Int(make(.socket(waiting.removeFirst()))))
  }

  private func receive(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> SystemCall.Interception {
    guard case .socket(let connection) = open[descriptor] else { return .failure(Errno(rawValue: EBADF)) }
    if connection.isReset { return .failure(Errno(rawValue: ECONNRESET)) }
    if connection.toServer.isEmpty { return connection.clientHasEnded ? .result(0) : .failure(.wouldBlock) }
    if !isReliable, chance(2) { return .failure(chance(50) ? .interrupted : .wouldBlock) }
    let count = randomCount(upTo: min(buffer.count, connection.toServer.count))
    buffer.copyBytes(from: connection.toServer[..<count])
    connection.toServer.removeFirst(count)
    received += count
    maxBytesPerIteration = max(maxBytesPerIteration, received)
    return .result(count)
  }

  private func send(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> SystemCall.Interception {
    guard case .socket(let connection) = open[descriptor] else { return .failure(Errno(rawValue: EBADF)) }
    if connection.isReset { return .failure(Errno(rawValue: EPIPE)) }
    if chance(2) { return .failure(.interrupted) }
    let budget = connection.window - connection.toClient.count
    if budget == 0 || chance(2) { return .failure(.wouldBlock) }
    let count = randomCount(upTo: min(buffer.count, budget))
    connection.toClient += buffer[..<count]
    return .result(count)
  }

  /// All of it, or any part.
  func randomCount(upTo count: Int) -> Int {
    isReliable || chance(60) ? count : Int.random(in: 1...count, using: &random)
  }

  private func readEvent(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) -> SystemCall.Interception {
    guard case .event(let count) = open[descriptor] else { return .kernel }
    if count == 0 { return .failure(.wouldBlock) }
    open[descriptor] = .event(0)
    return .result(8)
  }

  private func control(
    _ poller: Int32, _ operation: Int32, _ descriptor: Int32, _ event: epoll_event
  ) -> SystemCall.Interception {
    guard case .poller(var watched) = open[poller] else { return .failure(Errno(rawValue: EBADF)) }
    let isWatched = watched[descriptor] != nil
    switch operation {
    case EPOLL_CTL_ADD where isWatched: return .failure(Errno(rawValue: EEXIST))
    case EPOLL_CTL_ADD: watched[descriptor] = event
    case EPOLL_CTL_MOD where isWatched: watched[descriptor] = event
    case EPOLL_CTL_DEL where isWatched: watched[descriptor] = nil
    default: return .failure(Errno(rawValue: ENOENT))
    }
    open[poller] = .poller(watched)
    return .result(0)
  }
}

// Waiting, during which everything else happens.
extension SimulatedKernel {
  private func wait(
    _ poller: Int32, _ events: UnsafeMutableBufferPointer<epoll_event>, _ milliseconds: Int32
  ) -> SystemCall.Interception {
    let end = milliseconds < 0 ? Int64.max : now + Int64(milliseconds) * 1_000_000
    received = 0
    if milliseconds == 0 { zeroTimeoutPolls += 1 }
    while true {
      iterations += 1
      if case .atIteration(iterations) = stops { finish() }
      if case .withLastRequests = stops, !isDone, clients.allSatisfy(\.hasLastRequestInTransit) {
        requestsAtStop = clients.count
        finish()
        // The command is newer than the requests, but handled first.
        let ready = ready(in: poller).sorted { isCommand($0) && !isCommand($1) }.prefix(events.count)
        for (index, event) in ready.enumerated() { events[index] = event }
        return .result(ready.count)
      }
      if iterations > Self.maxIterations {
        failure = failure ?? "the server is in a busy loop"
        if isDone { return .failure(Errno(rawValue: EBADF)) }
        finish()
      }
      now += Int64.random(in: 1_000...20_000, using: &random)
      let ready = ready(in: poller)
      let runnable = clients.filter { $0.canAct(at: now) }
      if !ready.isEmpty, runnable.isEmpty || chance(50) {
        let count = Int.random(in: 1...min(ready.count, events.count), using: &random)
        for (index, event) in ready.shuffled(using: &random).prefix(count).enumerated() { events[index] = event }
        return .result(count)
      }
      if let client = runnable.randomElement(using: &random) {
        client.act(at: now, self)
        continue
      }
      if clients.allSatisfy(\.isDone) { finish() }
      if !self.ready(in: poller).isEmpty { continue }
      let next = min(end, clients.compactMap(\.nextWakeup).filter { $0 > now }.min() ?? .max)
      if next == .max {
        failure =
          failure ?? "neither the server nor a client can act: \(clients.filter { !$0.isDone }.map(\.description))"
        // The server does not stop: the run ends with a failure of every call.
        if isDone { return .failure(Errno(rawValue: EBADF)) }
        for client in clients { client.abort() }
        finish()
        continue
      }
      now = max(now, next)
      if now >= end { return .result(0) }
    }
  }

  /// The clients whose last request waits for those of the others.
  private var hiddenConnections: Set<ObjectIdentifier> {
    guard case .withLastRequests = stops, !isDone else { return [] }
    return Set(clients.filter(\.hasLastRequestInTransit).compactMap(\.connection).map(ObjectIdentifier.init))
  }

  private func isCommand(_ event: epoll_event) -> Bool { event.data.u64 == UInt64.max }

  private func finish() {
    if isDone { return }
    isDone = true
    stoppedEarly = clients.contains { !$0.isDone }
    whenDone()
  }

  private func ready(in poller: Int32) -> [epoll_event] {
    guard case .poller(let watched) = open[poller] else { return [] }
    let hidden = hiddenConnections
    return watched.keys.sorted().compactMap { descriptor in
      guard var event = watched[descriptor], let object = open[descriptor] else { return nil }
      if case .socket(let connection) = object, hidden.contains(ObjectIdentifier(connection)) { return nil }
      let always = EPOLLERR.rawValue | EPOLLHUP.rawValue
      event.events = readiness(of: object) & (event.events | always)
      return event.events == 0 ? nil : event
    }
  }

  private func readiness(of object: Object) -> UInt32 {
    switch object {
    case .listener: return waiting.isEmpty && isListening ? 0 : EPOLLIN.rawValue
    case .event(let count): return count == 0 ? 0 : EPOLLIN.rawValue
    case .poller: return 0
    case .socket(let connection):
      if connection.isReset { return EPOLLERR.rawValue | EPOLLHUP.rawValue | EPOLLIN.rawValue }
      var readiness: UInt32 = 0
      if !connection.toServer.isEmpty || connection.clientHasEnded { readiness |= EPOLLIN.rawValue }
      if connection.toClient.count < connection.window { readiness |= EPOLLOUT.rawValue }
      return readiness
    }
  }
}

// Failing the n-th call.
extension SimulatedKernel {
  private func fails(_ call: SystemCall) -> Errno? {
    guard let name = Fault.Name(call) else { return nil }
    let descriptor = call.descriptor
    calls.append(Fault.Call(name: name, descriptor: descriptor))
    guard let fault, fault.place == calls.count - 1 else { return nil }
    self.fault = nil
    if case .socket(let connection) = descriptor.flatMap({ open[$0] }) {
      connection.isHit = true
      if [ECONNRESET, EPIPE, ETIMEDOUT].contains(fault.errno) { connection.isReset = true }
    }
    // The kernel reports these errors in accept(2), and the connection is lost.
    if name == .accept, [ECONNABORTED, EPROTO].contains(fault.errno), !waiting.isEmpty {
      let connection = waiting.removeFirst()
      (connection.isHit, connection.isReset) = (true, true)
    }
    return Errno(rawValue: fault.errno)
  }
}

/// A TCP connection on the simulated network.
final class SimulatedConnection {
  /// The capacity of a direction.
  let window: Int

  var toServer: [UInt8] = []
  var toClient: [UInt8] = []
  /// Whether the direction has ended.
  var clientHasEnded = false
  var serverHasEnded = false
  /// Whether the server had read everything when it closed.
  private(set) var serverReadAll = false
  var isReset = false
  /// Whether a call on it has failed.
  var isHit = false

  init(window: Int) {
    self.window = window
  }

  func closeByServer() {
    serverHasEnded = true
    serverReadAll = toServer.isEmpty
    // Closing with unread bytes resets a connection and discards its data in transit (RFC 2525 section 2.17).
    if !toServer.isEmpty {
      isReset = true
      toClient = []
    }
  }
}
