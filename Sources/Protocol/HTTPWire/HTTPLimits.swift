/// Every bound on what a peer may send over HTTP, with its reason. Bytes, unless the name says otherwise.
package enum HTTPLimits {
  /// A review carries the object and the old object, each of which the API server takes up to its own limit of 3 MiB
  /// for a request body (MaxRequestBodyBytes in k8s.io/apiserver), and an envelope.
  package static let body = 2 * 3 * 1024 * 1024 + 1024 * 1024

  /// The API server sends about 250; other clients and the proxies before them a few thousand.
  package static let head = 16 * 1024

  /// Fields of one HTTP/2 stream, trailers included, read out of their compression. A head that is larger than `head` is
  /// refused; where it goes on like this, the connection ends, since reading costs what it says and not what it weighs.
  package static let maxFieldBytesPerStream = 4 * head

  /// Our paths have nine; a query is ignored. RFC 9112 section 3 wants 8000 for lines in general.
  package static let target = 8 * 1024

  /// Fields of one head. Each costs a little time, whatever its length.
  package static let fieldCount = 100

  /// A chunk's extensions mean nothing to us; nobody may make us read them without end.
  package static let chunkLine = 256

  /// A chunked body with its framing. Chunks of a few bytes each are no way to send a review.
  package static let chunkedBody = 2 * body

  /// Empty lines before a request that RFC 9112 section 2.2 asks to tolerate.
  package static let emptyLines = 2

  /// Responses waiting to be sent before further pipelined requests are left unread.
  package static let maxBufferedOutput = 64 * 1024

  /// Requests of one connection that are answered before all others have their turn. An API server asks one at a time over
  /// HTTP/1.1; with 16 at a time, an HTTP/2 connection that asks for all it may has its answers after eight turns.
  package static let maxResponsesPerIteration = 16

  /// Requests at once on an HTTP/2 connection. The API server opens further connections when it needs more.
  package static let streams = 128

  /// Bodies in flight on an HTTP/2 connection together: one of the largest and some small ones.
  package static let maxBodyBytesPerConnection = body + 1024 * 1024

  /// Gaps in the numbers of an HTTP/2 connection's streams, which clients have no reason to leave.
  package static let maxSkippedRanges = 16

  /// Streams that may be cancelled on an HTTP/2 connection; each request that is answered gives one back. The API server
  /// cancels at its timeout, at most all of its streams at once.
  package static let maxStreamResets = 4 * streams

  /// Bytes on an HTTP/2 connection that ask for nothing; each request that is answered gives some back. Refused uploads
  /// may have a window of 64 KiB each on their way.
  package static let maxOverheadBytes = 256 * 1024

  /// What bodies and answers of one loop's connections may take together, if there is memory for it: eighteen of the
  /// largest bodies. An API server that changes settings sends a few kilobytes now and then. Arrays grow by doubling, so
  /// the process may use twice this a loop.
  package static let inFlightMemory = 128 * 1024 * 1024

  /// What nghttp2 takes for a session that has had as many streams at once as it may, and remembers them. Beyond it a
  /// peer keeps what it does not make whole.
  package static let memoryPerSession = 80 * 1024

  /// Holders up to this size are not counted against `sharedMemory`. A review of the setting has about 2.4 KiB.
  package static let accountingThreshold = 16 * 1024
}
