/// Limits the work that an HTTP/2 peer can cause without requests.
///
/// Frames count by their bytes: each has at least nine, whatever its type, including those that nghttp2 ignores. One
/// budget therefore covers PING, SETTINGS, PRIORITY, WINDOW_UPDATE, CONTINUATION, empty and unknown frames, and bodies
/// in frames of one byte each (CVE-2019-9511 to 9518). Each request refills the budget, so a busy peer never
/// exhausts it.
struct HTTP2FloodLimiter {
  private var bytesLeft = HTTPLimits.maxOverheadBytes
  private var resetsLeft = HTTPLimits.maxStreamResets

  var isExceeded: Bool { bytesLeft < 0 || resetsLeft < 0 }

  mutating func received(bytes count: Int) { bytesLeft -= count }

  /// Refills the budget for content and for frames of a reasonable size around it.
  mutating func received(content count: Int) { refill(count + count / 4) }

  /// Refills the budget for a completed request, whose head may have had the maximum size.
  mutating func requestCompleted() {
    refill(HTTPLimits.head)
    resetsLeft = min(resetsLeft + 1, HTTPLimits.maxStreamResets)
  }

  /// Counts a stream reset, by the peer or by this server for a fault of the peer (CVE-2023-44487, CVE-2025-8671).
  mutating func streamReset() { resetsLeft -= 1 }

  private mutating func refill(_ count: Int) {
    bytesLeft = min(bytesLeft + count, HTTPLimits.maxOverheadBytes)
  }
}
