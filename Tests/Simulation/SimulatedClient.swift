import Foundation
import TestSupport

/// A client on the made-up network, with a habit of its own.
final class SimulatedClient: CustomStringConvertible {
  enum Habit {
    /// Sends and takes everything as soon as it can.
    case steady
    /// Waits before each piece that it sends or takes.
    case slow(gap: Int64)
    /// Breaks the connection off when so many bytes have passed in both directions.
    case resets(after: Int)
    /// Falls silent when it has sent so many bytes, and takes nothing either.
    case stalls(after: Int)
    /// Has asked everything, says that it will send no more, and takes its answers.
    case halfCloses
    /// Sends bytes that are no TLS.
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
  /// What its connection holds in each direction.
  private let window: Int
  private var standing = Standing.absent
  private var unsent: [UInt8] = []
  private var passed = 0
  private var hasEndedSending = false
  /// When it acts next of its own accord; nil when it waits for the server.
  private(set) var nextWakeup: Int64?
  private var arrived: Int64 = 0
  private var askedAt: Int64 = 0
  private(set) var slowestAnswer: Int64 = 0
  /// How long the server let it stay.
  private(set) var stay: Int64 = 0
  private(set) var complaint: String?
  private(set) var hasConnected = false
  /// The server or the network ended the connection before everything was answered.
  private(set) var wasCut = false
  private(set) var wasHit = false
  /// The server has read a whole request and closed without an answer to it.
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

  /// Its last request is on its way, and nothing before it is unanswered.
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
      // An honest client says goodbye; that the server closes now or later does not matter any more.
      wire.clientHasEnded = true
      end(now, cut: false)
    }
  }

  /// It has fallen silent for good.
  private var isSilent: Bool { if case .stalls(let count) = habit { passed >= count } else { false } }

  /// Puts what it has to say into ciphertext.
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

  /// It only notices when the server has closed.
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
