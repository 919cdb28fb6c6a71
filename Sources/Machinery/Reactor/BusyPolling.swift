/// Tells when a poller that finds nothing ready asks again for a moment instead of going to sleep.
///
/// Going to sleep and being woken takes a processor as long as a review takes, and cold caches make what follows three
/// times as slow. A client that sends its next request as soon as it has the answer to the last one comes back sooner
/// than that: to wait for it awake costs about as much and answers in half the time. Only the past tells that there is
/// such a client, so what is spent in vain is bounded: one window after so many waits that were shorter.
///
/// For any other client, and for several at once, nothing changes. <https://docs.kernel.org/networking/napi.html>
/// describes the same for the kernel's own waits.
struct BusyPolling {
  /// A wait shorter than this is worth staying awake for; zero where none is.
  let window: Duration
  /// So many waits in a row were short and ended with a single event.
  private var shortWaits = 0
  private var lastWasLone = false

  private static let enough = 8

  init(window: Duration) {
    self.window = window
  }

  var staysAwake: Bool { shortWaits >= Self.enough }

  /// Whether ``note(_:after:)`` has to know how long the next wait takes; to ask the clock costs something too.
  var wantsTime: Bool { window > .zero && lastWasLone }

  /// - Parameter duration: How long the wait was; nil where nobody looked.
  mutating func note(_ events: Int, after duration: Duration?) {
    lastWasLone = events == 1
    if lastWasLone, let duration, duration < window {
      shortWaits = min(shortWaits + 1, Self.enough)
    } else {
      shortWaits = 0
    }
  }
}
