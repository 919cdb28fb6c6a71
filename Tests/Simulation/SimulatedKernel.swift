import CLinux
import Foundation
import TestSupport

@testable import Platform

/// A kernel made up for a test: descriptors, a network and a clock, all ruled by one seed.
///
/// It answers the server's system calls in the kernel's place (`Syscalls.interceptor`), so the server above them is the
/// real one. While the server waits for events, the clients act; when nobody can, time jumps to the next thing that is
/// due. Whatever a real network does happens often: reads and writes are short, events come in any order and one at a
/// time, interruptions strike. One thread does all this, so a seed replays a run exactly.
final class SimulatedKernel: @unchecked Sendable {
  // Sendable: used by the one thread that runs a simulation.

  enum Object {
    case listener
    case socket(Wire)
    case poller([Int32: epoll_event])
    case event(UInt64)
  }

  var random: SeededNumbers
  private(set) var now: Int64 = 1_000_000_000_000
  private(set) var open: [Int32: Object] = [:]
  /// Connections that wait to be accepted.
  private var waiting: [Wire] = []
  private var isListening = true
  private var nextDescriptor: Int32 = 1000
  var clients: [SimulatedClient] = []
  /// Called once when every client is done; tells the server to stop.
  var whenDone: () -> Void = {}
  private var isDone = false
  private var fault: Fault?
  /// Calls that can fail, in order; what a fault counts.
  private(set) var calls: [Fault.Call] = []
  /// What went wrong in a way that only the kernel can see.
  private(set) var complaint: String?
  private var turns = 0

  /// Bytes that were received since the last wait, and the most that ever were.
  private var received = 0
  private(set) var mostReceivedInTurn = 0
  /// Waits that were only a look.
  private(set) var looks = 0

  /// When the server is told to stop.
  enum Stop {
    /// When every client is done.
    case whenDone
    case inTurn(Int)
    /// When everybody's last request has come and the server has not been told of it; from then on the network is a good
    /// one.
    case withLastRequests
  }

  init(seed: UInt64, fault: Fault? = nil, stops: Stop = .whenDone) {
    random = SeededNumbers(seed: seed)
    self.fault = fault
    self.stops = stops
  }

  private let stops: Stop
  private var isGoodNetwork: Bool { if case .withLastRequests = stops { isDone } else { false } }
  /// The server was told to stop before every client was done.
  private(set) var stoppedEarly = false
  /// How many requests had come when it was.
  private(set) var requestsAtStop = 0

  /// More system calls than any honest run makes: the server turns idly.
  private static let mostTurns = 200_000

  func connect(window: Int) -> Wire? {
    guard isListening else { return nil }
    let wire = Wire(window: window)
    waiting.append(wire)
    return wire
  }

  /// What the time of day is when the machine starts, in nanoseconds since 1970.
  private static let epoch: Int64 = 1_700_000_000_000_000_000
  var secondsOfDay: Int { Int((now + Self.epoch) / 1_000_000_000) }

  func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
}

// The system calls.
extension SimulatedKernel {
  func answer(_ call: SystemCall) -> SystemCall.Interception {
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
      if case .socket(let wire) = open[descriptor] { wire.serverHasEnded = true }
      return .result(0)
    case .endReceiving:
      isListening = false
      for wire in waiting { wire.isReset = true }
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
      complaint = "descriptor \(descriptor) was closed twice"
      return .failure(Errno(rawValue: EBADF))
    }
    if case .socket(let wire) = object { wire.closeByServer() }
    // As the kernel does, a closed descriptor leaves every poller.
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
    guard case .socket(let wire) = open[descriptor] else { return .failure(Errno(rawValue: EBADF)) }
    if wire.isReset { return .failure(Errno(rawValue: ECONNRESET)) }
    if wire.toServer.isEmpty { return wire.clientHasEnded ? .result(0) : .failure(.wouldBlock) }
    if !isGoodNetwork, chance(2) { return .failure(chance(50) ? .interrupted : .wouldBlock) }
    let count = some(of: min(buffer.count, wire.toServer.count))
    buffer.copyBytes(from: wire.toServer[..<count])
    wire.toServer.removeFirst(count)
    received += count
    mostReceivedInTurn = max(mostReceivedInTurn, received)
    return .result(count)
  }

  private func send(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) -> SystemCall.Interception {
    guard case .socket(let wire) = open[descriptor] else { return .failure(Errno(rawValue: EBADF)) }
    if wire.isReset { return .failure(Errno(rawValue: EPIPE)) }
    if chance(2) { return .failure(.interrupted) }
    let budget = wire.window - wire.toClient.count
    if budget == 0 || chance(2) { return .failure(.wouldBlock) }
    let count = some(of: min(buffer.count, budget))
    wire.toClient += buffer[..<count]
    return .result(count)
  }

  /// All of it, or any part.
  func some(of count: Int) -> Int {
    isGoodNetwork || chance(60) ? count : Int.random(in: 1...count, using: &random)
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

// Waiting, in which everything else happens.
extension SimulatedKernel {
  private func wait(
    _ poller: Int32, _ events: UnsafeMutableBufferPointer<epoll_event>, _ milliseconds: Int32
  ) -> SystemCall.Interception {
    let end = milliseconds < 0 ? Int64.max : now + Int64(milliseconds) * 1_000_000
    received = 0
    if milliseconds == 0 { looks += 1 }
    while true {
      turns += 1
      if case .inTurn(turns) = stops { finish() }
      if case .withLastRequests = stops, !isDone, clients.allSatisfy(\.isAskingLast) {
        requestsAtStop = clients.count
        finish()
        // The order is younger than the requests, and first all the same.
        let ready = ready(in: poller).sorted { isOrder($0) && !isOrder($1) }.prefix(events.count)
        for (index, event) in ready.enumerated() { events[index] = event }
        return .result(ready.count)
      }
      if turns > Self.mostTurns {
        complaint = complaint ?? "the server turns idly"
        if isDone { return .failure(Errno(rawValue: EBADF)) }
        finish()
      }
      now += Int64.random(in: 1_000...20_000, using: &random)
      let ready = ready(in: poller)
      let movers = clients.filter { $0.canAct(at: now) }
      if !ready.isEmpty, movers.isEmpty || chance(50) {
        let count = Int.random(in: 1...min(ready.count, events.count), using: &random)
        for (index, event) in ready.shuffled(using: &random).prefix(count).enumerated() { events[index] = event }
        return .result(count)
      }
      if let mover = movers.randomElement(using: &random) {
        mover.act(at: now, self)
        continue
      }
      if clients.allSatisfy(\.isDone) { finish() }
      if !self.ready(in: poller).isEmpty { continue }
      let next = min(end, clients.compactMap(\.nextWakeup).filter { $0 > now }.min() ?? .max)
      if next == .max {
        complaint = complaint ?? "nothing would ever happen: \(clients.filter { !$0.isDone }.map(\.description))"
        // It was told to stop and does not: the run ends with a failure that no server survives.
        if isDone { return .failure(Errno(rawValue: EBADF)) }
        for client in clients { client.giveUp() }
        finish()
        continue
      }
      now = max(now, next)
      if now >= end { return .result(0) }
    }
  }

  /// Those whose last request waits for everybody else's.
  private var hiddenWires: Set<ObjectIdentifier> {
    guard case .withLastRequests = stops, !isDone else { return [] }
    return Set(clients.filter(\.isAskingLast).compactMap(\.wire).map(ObjectIdentifier.init))
  }

  private func isOrder(_ event: epoll_event) -> Bool { event.data.u64 == UInt64.max }

  private func finish() {
    if isDone { return }
    isDone = true
    stoppedEarly = clients.contains { !$0.isDone }
    whenDone()
  }

  private func ready(in poller: Int32) -> [epoll_event] {
    guard case .poller(let watched) = open[poller] else { return [] }
    let hidden = hiddenWires
    return watched.keys.sorted().compactMap { descriptor in
      guard var event = watched[descriptor], let object = open[descriptor] else { return nil }
      if case .socket(let wire) = object, hidden.contains(ObjectIdentifier(wire)) { return nil }
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
    case .socket(let wire):
      if wire.isReset { return EPOLLERR.rawValue | EPOLLHUP.rawValue | EPOLLIN.rawValue }
      var readiness: UInt32 = 0
      if !wire.toServer.isEmpty || wire.clientHasEnded { readiness |= EPOLLIN.rawValue }
      if wire.toClient.count < wire.window { readiness |= EPOLLOUT.rawValue }
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
    if case .socket(let wire) = descriptor.flatMap({ open[$0] }) {
      wire.isHit = true
      if [ECONNRESET, EPIPE, ETIMEDOUT].contains(fault.errno) { wire.isReset = true }
    }
    // The kernel tells of these in accepting, and the connection is gone.
    if name == .accept, [ECONNABORTED, EPROTO].contains(fault.errno), !waiting.isEmpty {
      let wire = waiting.removeFirst()
      (wire.isHit, wire.isReset) = (true, true)
    }
    return Errno(rawValue: fault.errno)
  }
}

/// A TCP connection on the made-up network, seen from its middle.
final class Wire {
  /// What a direction holds before the sender has to wait.
  let window: Int

  var toServer: [UInt8] = []
  var toClient: [UInt8] = []
  /// No more comes from there.
  var clientHasEnded = false
  var serverHasEnded = false
  /// When the server closed, it had read everything that was sent.
  private(set) var serverTookAll = false
  var isReset = false
  /// A call on it was made to fail.
  var isHit = false

  init(window: Int) {
    self.window = window
  }

  func closeByServer() {
    serverHasEnded = true
    serverTookAll = toServer.isEmpty
    // Closing with bytes unread resets a connection, and what was on its way to the peer is lost (RFC 2525 section 2.17).
    if !toServer.isEmpty {
      isReset = true
      toClient = []
    }
  }
}
