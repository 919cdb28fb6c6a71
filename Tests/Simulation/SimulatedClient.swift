import Foundation
import TestSupport

/// A client on the simulated network, with one behaviour.
final class SimulatedClient: CustomStringConvertible {
  enum Habit {
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
    case babbles
  }

  private enum Standing {
    case absent
    case connected(Wire)
    case done
  }

  let name: String
  let habit: Habit
  private let http: any HTTPClient
  private let exchangeCount: Int
  private let tls: ClientTLS
  /// The capacity of its connection in each direction.
  private let window: Int
  private var standing = Standing.absent
  private var unsent: [UInt8] = []
  private var passed = 0
  private var hasEndedSending = false
  /// The time of its next action; nil while it waits for the server.
  private(set) var nextWakeup: Int64?
  private var arrived: Int64 = 0
  private var askedAt: Int64 = 0
  private(set) var slowestAnswer: Int64 = 0
  /// The duration of its connection.
  private(set) var stay: Int64 = 0
  private(set) var complaint: String?
  private(set) var hasConnected = false
  /// Whether the server or the network closed the connection before all responses.
  private(set) var wasCut = false
  private(set) var wasHit = false
  /// Whether the server has read a complete request and closed without a response.
  private(set) var wasForgotten = false

  init(
    _ name: String, _ habit: Habit, http: any HTTPClient, exchangeCount: Int, arrivesAt: Int64, window: Int,
    tlsContext: ClientContext
  ) {
    self.name = name
    self.habit = habit
    self.http = http
    self.exchangeCount = exchangeCount
    self.window = window
    nextWakeup = arrivesAt
    tls = ClientTLS(tlsContext, protocols: [http is HTTP2Client ? "h2" : "http/1.1"])
  }

  var answered: Int { http.answered }

  /// Whether its last request is sent, and all earlier ones have responses.
  var isAskingLast: Bool {
    http.asked == exchangeCount && http.answered == exchangeCount - 1 && unsent.isEmpty
      && wire.map { !$0.toServer.isEmpty } ?? false
  }

  var wire: Wire? {
    guard case .connected(let wire) = standing else { return nil }
    return wire
  }
  var isSatisfied: Bool { http.answered == exchangeCount }
  var isDone: Bool { if case .done = standing { true } else { false } }

  var description: String {
    "\(name) (\(habit), \(http is HTTP2Client ? "HTTP/2" : "HTTP/1.1")): \(http.answered) of \(exchangeCount) answered"
      + (complaint.map { ", " + $0 } ?? "") + (wasCut ? ", cut off after \(stay) ns" : "") + (wasHit ? ", hit" : "")
  }

  func giveUp() { standing = .done }

  func canAct(at now: Int64) -> Bool {
    if let nextWakeup { return nextWakeup <= now }
    guard case .connected(let wire) = standing else { return false }
    if wire.isReset || !wire.toClient.isEmpty || wire.serverHasEnded { return true }
    if unsent.isEmpty { return tls.state == .open && !hasEndedSending && http.canAsk && !isSilent }
    return wire.toServer.count < wire.window
  }

  func act(at now: Int64, _ kernel: SimulatedKernel) {
    nextWakeup = nil
    switch standing {
    case .absent:
      guard let wire = kernel.connect(window: window) else { return end(now, cut: true) }
      standing = .connected(wire)
      hasConnected = true
      arrived = now
      if case .babbles = habit { unsent = (0..<300).map { _ in UInt8.random(in: 0...255, using: &kernel.random) } }
    case .connected(let wire):
      if wire.isHit { wasHit = true }
      take(from: wire, now, kernel)
    case .done: return
    }
    if case .connected(let wire) = standing {
      speak()
      give(to: wire, kernel)
      if case .resets(let count) = habit, passed >= count { breakOff(wire, now) }
      if case .slow(let gap) = habit { nextWakeup = now + gap }
    }
  }

  private func take(from wire: Wire, _ now: Int64, _ kernel: SimulatedKernel) {
    if case .stalls(let count) = habit, passed >= count, !wire.isReset, !wire.serverHasEnded { return stall(now) }
    if wire.isReset { return end(now, cut: !isSatisfied) }
    if !wire.toClient.isEmpty {
      let count = kernel.some(of: wire.toClient.count)
      let bytes = Array(wire.toClient[..<count])
      wire.toClient.removeFirst(count)
      passed += count
      if case .babbles = habit { return }
      let before = http.answered
      let plaintext = tls.receive(bytes)
      if !plaintext.isEmpty, let wrong = http.receive(plaintext) { complaint = wrong }
      if case .failed(let reason) = tls.state { complaint = "TLS: \(reason)" }
      if http.answered > before {
        slowestAnswer = max(slowestAnswer, now - askedAt)
        askedAt = now
      }
    } else if wire.serverHasEnded {
      return end(now, cut: !isSatisfied)
    }
    if isSatisfied, unsent.isEmpty {
      // An honest client sends close_notify; the time at which the server closes does not matter any more.
      wire.clientHasEnded = true
      end(now, cut: false)
    }
  }

  /// Whether it has stopped for good.
  private var isSilent: Bool { if case .stalls(let count) = habit { passed >= count } else { false } }

  /// Encrypts its pending output.
  private func speak() {
    if case .babbles = habit { return }
    if tls.state == .open, unsent.isEmpty, !hasEndedSending {
      while http.ask() { askedAt = max(askedAt, arrived) }
      if case .halfCloses = habit, http.asked == exchangeCount, http is HTTP1Client {
        tls.send(http.takeOutput())
        tls.endSending()
        hasEndedSending = true
      }
    }
    if tls.state == .open { tls.send(http.takeOutput()) }
    unsent += tls.takeOutput()
  }

  private func give(to wire: Wire, _ kernel: SimulatedKernel) {
    let budget = min(unsent.count, wire.window - wire.toServer.count)
    if case .stalls(let count) = habit, passed >= count { return }
    guard budget > 0, !wire.isReset else { return }
    let count = kernel.some(of: budget)
    wire.toServer += unsent[..<count]
    unsent.removeFirst(count)
    passed += count
    if hasEndedSending, unsent.isEmpty { wire.clientHasEnded = true }
  }

  /// It only notices that the server has closed.
  private func stall(_ now: Int64) { nextWakeup = now + 100_000_000 }

  private func breakOff(_ wire: Wire, _ now: Int64) {
    wire.isReset = true
    end(now, cut: !isSatisfied)
  }

  private func end(_ now: Int64, cut: Bool) {
    if case .connected(let wire) = standing {
      if wire.isHit { wasHit = true }
      let isHeard = unsent.isEmpty && wire.toServer.isEmpty && wire.serverTookAll
      wasForgotten = cut && isHeard && tls.state == .open && http.asked > http.answered
    }
    wasCut = cut
    stay = now - arrived
    standing = .done
  }
}
