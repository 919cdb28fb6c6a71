/// Every limit on HTTP input, with its reason. In bytes, unless the name says otherwise.
package enum HTTPLimits {
  /// The maximum body. A review has the object and the old object, each up to the API server's limit of 3 MiB for a
  /// request body (MaxRequestBodyBytes in k8s.io/apiserver), and an envelope.
  package static let body = 2 * 3 * 1024 * 1024 + 1024 * 1024

  /// The maximum head. The API server sends about 250; other clients and the proxies before them a few thousand.
  package static let head = 16 * 1024

  /// The maximum uncompressed fields of one HTTP/2 stream, with trailers. A head larger than `head` is rejected; beyond
  /// this limit the connection ends, because the cost of reading grows with the uncompressed size.
  package static let maxFieldBytesPerStream = 4 * head

  /// The maximum target. Paths of this server have nine bytes, and a query is ignored. RFC 9112 section 3 recommends
  /// 8000 for lines in general.
  package static let target = 8 * 1024

  /// The maximum number of fields of one head. Each takes a little time, whatever its length.
  package static let fieldCount = 100

  /// The maximum size line of a chunk. Its extensions are ignored and must not be endless.
  package static let chunkLine = 256

  /// The maximum chunked body with its framing. No client has a reason for chunks of a few bytes each.
  package static let chunkedBody = 2 * body

  /// The maximum number of empty lines before a request, which RFC 9112 section 2.2 recommends to tolerate.
  package static let emptyLines = 2

  /// The pending output above which no more pipelined requests are parsed.
  package static let maxBufferedOutput = 64 * 1024

  /// The maximum number of responses to one connection per iteration. An API server sends one request at a time over
  /// HTTP/1.1; an HTTP/2 connection with the maximum of concurrent requests has its responses after eight iterations.
  package static let maxResponsesPerIteration = 16

  /// The maximum number of concurrent requests of an HTTP/2 connection. The API server opens more connections as
  /// needed.
  package static let streams = 128

  /// The maximum bodies in flight of an HTTP/2 connection: one of the maximum size and some small ones.
  package static let maxBodyBytesPerConnection = body + 1024 * 1024

  /// The maximum number of gaps in the stream IDs of an HTTP/2 connection, which clients have no reason to leave.
  package static let maxSkippedRanges = 16

  /// The number of stream resets that an HTTP/2 connection may cause; each response gives one back. The API server
  /// resets streams at its timeout, at most all of them at once.
  package static let maxStreamResets = 4 * streams

  /// The bytes without a request that an HTTP/2 connection may send; each response gives some back. Rejected uploads
  /// may have a window of 64 KiB each in transit.
  package static let maxOverheadBytes = 256 * 1024

  /// The memory for bodies and responses of one event loop's connections, if available: eighteen of the largest bodies.
  /// An API server that changes settings sends a few kilobytes now and then. Arrays grow by doubling, so the process
  /// may use twice this per event loop.
  package static let inFlightMemory = 128 * 1024 * 1024

  /// The memory that nghttp2 uses for a session after the maximum of concurrent streams, which it remembers. More is
  /// incomplete input of the peer.
  package static let memoryPerSession = 80 * 1024

  /// The size up to which a holder does not count towards `inFlightMemory`. A review of the setting has about 2.4 KiB.
  package static let accountingThreshold = 16 * 1024
}
