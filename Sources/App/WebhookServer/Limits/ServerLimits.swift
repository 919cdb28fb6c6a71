internal import HTTPWire
package import Platform

/// Every limit of the server, with its reason. The limits of single requests are in `HTTPLimits`, the timeouts in
/// `ConnectionTimeouts`.
package enum ServerLimits {
  /// Bytes received from one connection per iteration: four TLS records of the largest size.
  package static let receiveChunkSize = 64 * 1024

  /// Chunks in the receive buffer of an event loop: the usual reviews of an iteration together. Without a free chunk,
  /// the event loop processes what it has before it receives more.
  package static let receiveChunks = 4

  /// Events per poll. The first response waits for the others of its iteration: half a millisecond for 64 reviews, 20
  /// for 64 handshakes.
  package static let maxEventsPerPoll = 64

  /// The time an event loop polls without sleeping for the next request of a sequential client. On an idle machine that
  /// takes 50 microseconds, and twice that if the event loop sleeps.
  package static let busyPollWindow: Duration = .microseconds(150)

  /// Consecutive responses to the same client that start busy polling: more than unrelated requests reach by chance.
  package static let busyPollThreshold = 8

  /// Bytes of pending output that a connection collects before the iteration ends; with more it sends at once.
  package static let flushThreshold = 16 * 1024

  /// Bytes of one connection that carry no data for HTTP: 9,000 TLS key updates, far beyond any use. A record of one
  /// byte of data has 23 bytes of overhead, so data weighs more than that.
  package static let maxNonApplicationBytes = 256 * 1024
  package static let applicationByteWeight = 32

  /// The kernel's buffers for responses that a client does not read and for requests that are not read yet; the
  /// defaults may reach 4 MiB and 6 MiB. Linux doubles both, and counts them as memory of the process (control groups,
  /// version 2). The body of /metrics is 32 KiB.
  package static let socketBuffers = Listener.Buffers(sending: 32 * 1024, receiving: 64 * 1024)

  /// Connections per event loop that keep OpenSSL's buffers while idle, 34 KiB each: more than an API server opens.
  package static let maxBufferHolders = 64

  /// Connections that the kernel completes before they are accepted.
  package static let backlog: Int32 = 1024

  /// Connections accepted from one listener per iteration.
  package static let maxAcceptsPerIteration = 64

  /// Connections per event loop, if there is memory for them (``ResourceBudget``). The API server opens 25 per host.
  package static let maxConnectionsPerLoop = 10_000

  /// Unfinished handshakes per event loop; an honest one takes milliseconds.
  package static let maxHandshakesPerLoop = 1_000

  /// The maximum memory that a connection can occupy apart from the shared budget: 48 KiB of the server's own for an
  /// idle connection that has had as many concurrent requests as it may; nghttp2's session; OpenSSL's buffers with an
  /// incomplete TLS record, 34 KiB; three times `HTTPLimits.accountingThreshold`, for input, for what nghttp2 keeps of
  /// it and for output; and the kernel's buffers.
  package static let memoryPerConnection =
    (48 + 34) * 1024 + HTTPLimits.memoryPerSession + 3 * HTTPLimits.accountingThreshold
    + 2 * Int(socketBuffers.sending + socketBuffers.receiving)

  /// A peer announces a ClientHello of up to 128 KiB in nine bytes, and OpenSSL allocates it at once.
  package static let memoryPerHandshake = 128 * 1024

  /// Memory outside of the event loops: the program, and the facts of a large cluster while they are reloaded.
  package static let reservedMemory = 128 * 1024 * 1024

  /// With less, an event loop could not read the largest chunked body, which is held together with its decoded form.
  /// Fewer event loops run then: each answers tens of thousands of reviews a second.
  package static let minimumMemoryPerLoop = 128 * 1024 * 1024

  /// Descriptors that are not connections: listeners, pollers, files being read, the watches of a live cluster.
  package static let reservedDescriptors = 64

  /// Descriptors in use besides event loops and listeners: standard streams, log, signals, watched files and a file
  /// being read. A live cluster uses some more.
  package static let minimumFileDescriptors = 24

  /// A poller, a wakeup and a connection.
  package static let descriptorsPerLoop = 3

  /// Enough for three API servers, probes and a metrics scraper; a lower connection limit logs a warning.
  package static let lowConnectionWarning = 100

  /// At the connection limit, one of so many connections is evicted at once: the choice is paid for once.
  package static let evictionFraction = 100

  /// The interval between two searches for connections to evict while memory is short: a search takes a millisecond.
  package static let reclaimInterval: Duration = .milliseconds(100)

  /// The pause before an event loop accepts again after it ran out of descriptors.
  package static let acceptBackoff: Duration = .milliseconds(500)

  /// Bytes of log lines that wait to be read: some thousand reviews.
  package static let logBufferSize = 1024 * 1024

  /// The time that the process waits at its end for the rest of its log to be read.
  package static let logFlushTimeout: Duration = .seconds(1)

  /// Bytes of a certificate chain or key.
  package static let maxCertificateFileSize = 1024 * 1024
}
