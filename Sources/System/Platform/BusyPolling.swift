/// Tells when a loop that finds nothing to do looks again for a moment instead of going to sleep.
///
/// Going to sleep and being woken takes a processor as long as a review takes, and cold caches make what follows three
/// times as slow. A client that sends its next request as soon as it has the answer to the last one comes back sooner
/// than that: to wait for it awake answers in half the time. Only the past tells that there is such a client, so what is
/// spent in vain is bounded: one window after so many answers that followed one another within it.
///
/// The price is the time between its requests, in which the processor could have slept: at the worst one client that
/// comes back at each window's very end keeps its loop busy all the time. For any other client, for several at once, and
/// for one that sends without ever asking, nothing changes. <https://docs.kernel.org/networking/napi.html> describes the
/// same for the kernel's own waits.
public struct BusyPolling {
  /// From one answer to the next, in nanoseconds, and how long to look for the next request.
  private let window: Int64
  private let threshold: Int

  /// Who is served alone in a turn, and how many of its requests are answered.
  public typealias Client = (token: Poller.Token, responseCount: Int)

  private var last: Client?
  /// The last turn that was more than a part of a request.
  private var lastIteration = MonotonicInstant(nanoseconds: 0)
  /// Answers that came within a window after the one before.
  private var quickResponses = 0

  /// - Parameters:
  ///   - window: From one answer to the next, answering included: what a client needs that always asks again at once.
  ///   - threshold: So many answers in a row have to be that quick.
  public init(window: Duration, threshold: Int) {
    self.window = window.nanoseconds
    self.threshold = threshold
  }

  /// - Parameters:
  ///   - client: Who was there in this turn, if it was one alone.
  ///   - iteration: When it began.
  public mutating func record(_ client: Client?, at iteration: MonotonicInstant) {
    let isQuick = iteration.nanoseconds - lastIteration.nanoseconds < window
    let isTheSame = client != nil && client?.token == last?.token
    // A part of a request changes nothing, and puts nothing off: who only sends bytes is not waited for.
    if isTheSame, isQuick, client?.responseCount == last?.responseCount { return }
    quickResponses = isTheSame && isQuick ? min(quickResponses + 1, threshold) : 0
    (last, lastIteration) = (client, iteration)
  }

  /// Until when to stay awake; nil where there is no such client.
  public var end: MonotonicInstant? {
    quickResponses < threshold ? nil : MonotonicInstant(nanoseconds: lastIteration.nanoseconds + window)
  }
}
