/// Decides when an event loop without events polls again for a moment instead of sleeping.
///
/// Sleeping and waking takes a processor as long as a review, and cold caches make the work after it three times as
/// slow. A client that sends its next request right after a response is faster than that: busy polling halves its
/// response time. Only the past identifies such a client, so the wasted time is bounded: one window after a number of
/// responses that followed one another within it.
///
/// The cost is the time between its requests, in which the processor could sleep: in the worst case one client that
/// sends at the very end of each window keeps its event loop busy all the time. Nothing changes for any other client,
/// for several at once, or for one that sends without a complete request.
/// <https://docs.kernel.org/networking/napi.html> describes the same for the kernel's own waits.
public struct BusyPolling {
  /// The maximum time from one response to the next, and the busy polling time, in nanoseconds.
  private let window: Int64
  private let threshold: Int

  /// The only client served in an iteration, and the number of responses to it.
  public typealias Client = (token: Poller.Token, responseCount: Int)

  private var last: Client?
  /// The last iteration with more than a part of a request.
  private var lastIteration = MonotonicInstant(nanoseconds: 0)
  /// The number of responses within a window after the one before.
  private var quickResponses = 0

  /// - Parameters:
  ///   - window: The maximum time from one response to the next, for a client that always sends the next request at
  ///     once.
  ///   - threshold: The number of such responses in a row that starts busy polling.
  public init(window: Duration, threshold: Int) {
    self.window = window.nanoseconds
    self.threshold = threshold
  }

  /// - Parameters:
  ///   - client: The client of this iteration, if it is the only one.
  ///   - iteration: The start of the iteration.
  public mutating func record(_ client: Client?, at iteration: MonotonicInstant) {
    let isQuick = iteration.nanoseconds - lastIteration.nanoseconds < window
    let isTheSame = client != nil && client?.token == last?.token
    // A part of a request neither counts nor extends the window: a client that only sends bytes gets no busy polling.
    if isTheSame, isQuick, client?.responseCount == last?.responseCount { return }
    quickResponses = isTheSame && isQuick ? min(quickResponses + 1, threshold) : 0
    (last, lastIteration) = (client, iteration)
  }

  /// The time until which to poll; nil without such a client.
  public var end: MonotonicInstant? {
    quickResponses < threshold ? nil : MonotonicInstant(nanoseconds: lastIteration.nanoseconds + window)
  }
}
