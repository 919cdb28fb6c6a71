import Foundation
import TestSupport

/// A client on the simulated network, with one behaviour.
final class SimulatedClient: CustomStringConvertible {
  enum Behavior {
    /// Sends and receives as soon as possible.
    case steady
    /// Waits before each send and receive.
    case slow(gap: Int64)
    /// Breaks the connection after this number of bytes in both directions.
    case resets(after: Int)
    /// Stops sending and receiving after this number of bytes.
    case stalls(after: Int)
    /// Half-closes after its requests and receives the responses.
    case halfCloses
    /// Sends bytes that are not TLS.
    case sendsGarbage
  }

  private enum State {
    case absent
    case connected(SimulatedConnection)
    case done
  }

  let name: String
  let behavior: Behavior
  private let http: any HTTPClient
  private let exchangeCount: Int
  private let tls: ClientTLS
  /// The capacity of its connection in each direction.
  private let window: Int
  private var state = State.absent
  private var unsent: [UInt8] = []
  private var passed = 0
  private var hasEndedSending = false
  /// The time of its next action; nil while it waits for the server.
  private(set) var nextWakeup: Int64?
  private var arrived: Int64 = 0
  private var sentAt: Int64 = 0
  private(set) var maxLatency: Int64 = 0
  /// The duration of its connection.
  private(set) var lifetime: Int64 = 0
  private(set) var failure: String?
  private(set) var hasConnected = false
  /// Whether the server or the network closed the connection before all responses.
  private(set) var wasCut = false
  private(set) var wasHit = false
  /// Whether the server has read a complete request and closed without a response.
  private(set) var wasIgnored = false

  init(
    _ name: String, _ behavior: Behavior, http: any HTTPClient, exchangeCount: Int, arrivesAt: Int64, window: Int,
    tlsContext: ClientContext
  ) {
    self.name = name
    self.behavior = behavior
    self.http = http
    self.exchangeCount = exchangeCount
    self.window = window
    nextWakeup = arrivesAt
    tls = ClientTLS(tlsContext, protocols: [http is HTTP2Client ? "h2" : "http/1.1"])
  }

  var responseCount: Int { http.responseCount }

  /// Whether its last request is sent, and all earlier ones have responses.
  var hasLastRequestInTransit: Bool {
    http.requestCount == exchangeCount && http.responseCount == exchangeCount - 1 && unsent.isEmpty
      && connection.map { !$0.toServer.isEmpty } ?? false
  }

  var connection: SimulatedConnection? {
    guard case .connected(let connection) = state else { return nil }
    return connection
  }
  var isSatisfied: Bool { http.responseCount == exchangeCount }
  var isDone: Bool { if case .done = state { true } else { false } }

  var description: String {
    "\(name) (\(behavior), \(http is HTTP2Client ? "HTTP/2" : "HTTP/1.1")): \(http.responseCount) of \(exchangeCount) answered"
      + (failure.map { ", " + $0 } ?? "") + (wasCut ? ", cut off after \(lifetime) ns" : "") + (wasHit ? ", hit" : "")
  }

  func abort() { state = .done }

  func canAct(at now: Int64) -> Bool {
    if let nextWakeup { return nextWakeup <= now }
    guard case .connected(let connection) = state else { return false }
    if connection.isReset || !connection.toClient.isEmpty || connection.serverHasEnded { return true }
    if unsent.isEmpty { return tls.state == .open && !hasEndedSending && http.canSendRequest && !isSilent }
    return connection.toServer.count < connection.window
  }

  func act(at now: Int64, _ kernel: SimulatedKernel) {
    nextWakeup = nil
    switch state {
    case .absent:
      guard let connection = kernel.connect(window: window) else { return end(now, cut: true) }
      state = .connected(connection)
      hasConnected = true
      arrived = now
      if case .sendsGarbage = behavior {
        unsent = (0..<300).map { _ in UInt8.random(in: 0...255, using: &kernel.random) }
      }
    case .connected(let connection):
      if connection.isHit { wasHit = true }
      receive(from: connection, now, kernel)
    case .done: return
    }
    if case .connected(let connection) = state {
      encryptOutput()
      send(to: connection, kernel)
      if case .resets(let count) = behavior, passed >= count { reset(connection, now) }
      if case .slow(let gap) = behavior { nextWakeup = now + gap }
    }
  }

  private func receive(from connection: SimulatedConnection, _ now: Int64, _ kernel: SimulatedKernel) {
    if case .stalls(let count) = behavior, passed >= count, !connection.isReset, !connection.serverHasEnded {
      return stall(now)
    }
    if connection.isReset { return end(now, cut: !isSatisfied) }
    if !connection.toClient.isEmpty {
      let count = kernel.randomCount(upTo: connection.toClient.count)
      let bytes = Array(connection.toClient[..<count])
      connection.toClient.removeFirst(count)
      passed += count
      if case .sendsGarbage = behavior { return }
      let before = http.responseCount
      let plaintext = tls.receive(bytes)
      if !plaintext.isEmpty, let wrong = http.receive(plaintext) { failure = wrong }
      if case .failed(let reason) = tls.state { failure = "TLS: \(reason)" }
      if http.responseCount > before {
        maxLatency = max(maxLatency, now - sentAt)
        sentAt = now
      }
    } else if connection.serverHasEnded {
      return end(now, cut: !isSatisfied)
    }
    if isSatisfied, unsent.isEmpty {
      // An honest client sends close_notify; the time at which the server closes does not matter any more.
      connection.clientHasEnded = true
      end(now, cut: false)
    }
  }

  /// Whether it has stopped for good.
  private var isSilent: Bool { if case .stalls(let count) = behavior { passed >= count } else { false } }

  /// Encrypts its pending output.
  private func encryptOutput() {
    if case .sendsGarbage = behavior { return }
    if tls.state == .open, unsent.isEmpty, !hasEndedSending {
      while http.sendRequest() { sentAt = max(sentAt, arrived) }
      if case .halfCloses = behavior, http.requestCount == exchangeCount, http is HTTP1Client {
        tls.send(http.takeOutput())
        tls.endSending()
        hasEndedSending = true
      }
    }
    if tls.state == .open { tls.send(http.takeOutput()) }
    unsent += tls.takeOutput()
  }

  private func send(to connection: SimulatedConnection, _ kernel: SimulatedKernel) {
    let budget = min(unsent.count, connection.window - connection.toServer.count)
    if case .stalls(let count) = behavior, passed >= count { return }
    guard budget > 0, !connection.isReset else { return }
    let count = kernel.randomCount(upTo: budget)
    connection.toServer += unsent[..<count]
    unsent.removeFirst(count)
    passed += count
    if hasEndedSending, unsent.isEmpty { connection.clientHasEnded = true }
  }

  /// It only notices that the server has closed.
  private func stall(_ now: Int64) { nextWakeup = now + 100_000_000 }

  private func reset(_ connection: SimulatedConnection, _ now: Int64) {
    connection.isReset = true
    end(now, cut: !isSatisfied)
  }

  private func end(_ now: Int64, cut: Bool) {
    if case .connected(let connection) = state {
      if connection.isHit { wasHit = true }
      let isDelivered = unsent.isEmpty && connection.toServer.isEmpty && connection.serverReadAll
      wasIgnored = cut && isDelivered && tls.state == .open && http.requestCount > http.responseCount
    }
    wasCut = cut
    lifetime = now - arrived
    state = .done
  }
}
