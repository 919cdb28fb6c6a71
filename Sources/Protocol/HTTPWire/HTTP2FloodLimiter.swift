/// Bounds what a peer of HTTP/2 may make this side do without asking for anything.
///
/// Frames are counted by their bytes: each has nine at least, whatever its type, and so has what nghttp2 passes over in
/// silence. One account therefore covers PING, SETTINGS, PRIORITY, WINDOW_UPDATE, CONTINUATION, empty and unknown
/// frames, and bodies cut into frames of a byte each (CVE-2019-9511 to 9518). What a request needs is credited when it
/// comes, so that a busy peer never runs out.
struct HTTP2FloodLimiter {
  private var bytesLeft = HTTPLimits.maxOverheadBytes
  private var resetsLeft = HTTPLimits.maxStreamResets

  var isExceeded: Bool { bytesLeft < 0 || resetsLeft < 0 }

  mutating func received(bytes count: Int) { bytesLeft -= count }

  /// Content pays for itself and for frames of a reasonable size around it.
  mutating func received(content count: Int) { refill(count + count / 4) }

  /// A request was answered: its head may have been as large as a head may be.
  mutating func responseCount() {
    refill(HTTPLimits.head)
    resetsLeft = min(resetsLeft + 1, HTTPLimits.maxStreamResets)
  }

  /// A stream was cancelled, by the peer or, for something that it did, by us (CVE-2023-44487, CVE-2025-8671).
  mutating func didReceiveReset() { resetsLeft -= 1 }

  private mutating func refill(_ count: Int) {
    bytesLeft = min(bytesLeft + count, HTTPLimits.maxOverheadBytes)
  }
}
