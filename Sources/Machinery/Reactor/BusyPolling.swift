/// Tells when a loop that finds nothing to do looks again for a moment instead of going to sleep.
///
/// Going to sleep and being woken takes a processor as long as a review takes, and cold caches make what follows three
/// times as slow. A client that sends its next request as soon as it has the answer to the last one comes back sooner
/// than that: to wait for it awake costs a sixth to a quarter more and answers in half the time. Only the past tells that
/// there is such a client, so what is spent in vain is bounded: one window after so many turns that were shorter.
///
/// For any other client, for several at once, and for one that sends without ever asking, nothing changes. <https://docs.kernel.org/networking/napi.html>
/// describes the same for the kernel's own waits.
public struct BusyPolling {
  /// In nanoseconds from one turn to the next, answering included: what a client needs that always asks again at once. On
  /// an idle machine it is 50 microseconds for a loop that is awake and twice that for one that sleeps.
  private static let window: Int64 = 150_000
  /// So many turns in a row have to be that quick.
  private static let enough = 8

  /// Who is served, and which of its requests is waited for.
  public typealias Client = (token: Poller.Token, request: Int)

  private var last: Client?
  private var lastTurn = Moment(nanoseconds: 0)
  private var quickTurns = 0

  public init() {}

  /// - Parameters:
  ///   - client: Who was there in this turn, if it was one alone.
  ///   - turn: When it began.
  public mutating func note(_ client: Client?, at turn: Moment) {
    let isQuick = turn.nanoseconds - lastTurn.nanoseconds < Self.window
    quickTurns = isQuick && asksAgain(client) ? min(quickTurns + 1, Self.enough) : 0
    (last, lastTurn) = (client, turn)
  }

  /// Whether it was there in the turn before, too, and has got an answer since.
  private func asksAgain(_ client: Client?) -> Bool {
    guard let client, let last else { return false }
    return client.token == last.token && client.request != last.request
  }

  /// Until when to stay awake; nil where there is no such client.
  public var end: Moment? {
    quickTurns < Self.enough ? nil : Moment(nanoseconds: lastTurn.nanoseconds + Self.window)
  }
}
