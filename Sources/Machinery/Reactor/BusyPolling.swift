/// Tells when a loop that finds nothing to do looks again for a moment instead of going to sleep.
///
/// Going to sleep and being woken takes a processor as long as a review takes, and cold caches make what follows three
/// times as slow. A client that sends its next request as soon as it has the answer to the last one comes back sooner
/// than that: to wait for it awake costs a seventh more and answers in half the time. Only the past tells that there is
/// such a client, so what is spent in vain is bounded: one window after so many turns that were shorter.
///
/// For any other client, and for several at once, nothing changes. <https://docs.kernel.org/networking/napi.html>
/// describes the same for the kernel's own waits.
public struct BusyPolling {
  /// From one turn to the next, answering included: what a client needs that always asks again at once. On an idle
  /// machine it is 50 microseconds for a loop that is awake and twice that for one that sleeps.
  public static let window: Duration = .nanoseconds(windowNanoseconds)
  private static let windowNanoseconds: Int64 = 150_000
  /// So many turns in a row have to be that quick.
  private static let enough = 8

  private var last: Poller.Token?
  private var lastTurn = Moment(nanoseconds: 0)
  private var quickTurns = 0

  public init() {}

  /// - Parameters:
  ///   - client: Who was there in this turn, if it was one alone.
  ///   - turn: When it began.
  public mutating func note(_ client: Poller.Token?, at turn: Moment) {
    let isQuick = turn.nanoseconds - lastTurn.nanoseconds < Self.windowNanoseconds
    quickTurns = isQuick && client != nil && client == last ? min(quickTurns + 1, Self.enough) : 0
    (last, lastTurn) = (client, turn)
  }

  /// Until when to stay awake; nil where there is no such client.
  public var end: Moment? {
    quickTurns < Self.enough ? nil : Moment(nanoseconds: lastTurn.nanoseconds + Self.windowNanoseconds)
  }
}
