internal import HTTPWire
package import Platform

/// Every bound of the server, with its reason. The bounds on single requests are in `HTTPLimits`, those on time in
/// `ConnectionTimeouts`.
package enum ServerLimits {
  /// Bytes received from one connection before the others get their turn: four TLS records of the largest size.
  package static let receiveChunkSize = 64 * 1024

  /// How many of these the loop has room for: a turn's usual reviews together. With less than one left it reads what it
  /// has before it receives more.
  package static let receiveChunks = 4

  /// Events taken from the kernel at once. The first answer waits for the others of its turn: for 64 reviews half a
  /// millisecond, for 64 handshakes 20.
  package static let maxEventsPerPoll = 64

  /// How long a loop looks for the next request of a client that asks again as soon as it is answered. On an idle machine
  /// that takes 50 microseconds with a loop that is awake and twice that with one that sleeps.
  package static let busyPollWindow: Duration = .microseconds(150)

  /// So many answers in a row tell such a client: what one request after the other could not do by chance.
  package static let busyPollThreshold = 8

  /// Bytes that a connection may have to send before the loop's turn ends; with more it sends at once.
  package static let flushThreshold = 16 * 1024

  /// Bytes of one connection without content for HTTP: 9,000 changes of keys, which nobody needs. A record of one byte has
  /// 23, so content weighs more than that.
  package static let maxNonApplicationBytes = 256 * 1024
  package static let applicationByteWeight = 32

  /// What the kernel keeps of answers that a client does not take, and of what it sends while nobody reads; left to itself,
  /// that may be 4 MiB and 6 MiB. Linux doubles both, and counts them in the memory that the process may take (control
  /// groups, version 2). The page of metrics is 32 KiB.
  package static let socketBuffers = Listener.Buffers(sending: 32 * 1024, receiving: 64 * 1024)

  /// Connections of a loop that keep OpenSSL's buffers while they rest, 34 KiB each: more than an API server opens.
  package static let maxBufferHolders = 64

  /// Connections that the kernel completes before they are accepted.
  package static let backlog: Int32 = 1024

  /// Connections accepted from one socket before the others get their turn.
  package static let maxAcceptsPerIteration = 64

  /// Connections of one loop, if there is memory for them (``ResourceBudget``). The API server opens 25 a host.
  package static let maxConnectionsPerLoop = 10_000

  /// Handshakes of one loop that are not done; an honest one takes milliseconds.
  package static let maxHandshakesPerLoop = 1_000

  /// The most memory that a connection can be made to take beside what is shared: 48 KiB of our own where it rests and has
  /// had as many requests at once as it may, nghttp2's session, OpenSSL's buffers with a TLS record that is not whole, 34 KiB,
  /// three times `HTTPLimits.accountingThreshold`, for what comes, for what nghttp2 keeps of it and for what goes, and what the
  /// kernel keeps of what comes and goes.
  package static let memoryPerConnection =
    (48 + 34) * 1024 + HTTPLimits.memoryPerSession + 3 * HTTPLimits.accountingThreshold
    + 2 * Int(socketBuffers.sending + socketBuffers.receiving)

  /// A peer announces up to 128 KiB of a hello in nine bytes, and OpenSSL makes room for it at once.
  package static let memoryPerHandshake = 128 * 1024

  /// What is not the loops': the program, and the facts of a large cluster while they are read anew.
  package static let reservedMemory = 128 * 1024 * 1024

  /// With less than this a loop could not take the largest body in chunks, which are held beside what they make, and there
  /// are fewer of them: each answers tens of thousands of reviews a second.
  package static let minimumMemoryPerLoop = 128 * 1024 * 1024

  /// Descriptors that are not connections: listeners, pollers, files that are read, the watches of a live cluster.
  package static let reservedDescriptors = 64

  /// What is open at least beside loops and listeners: standard streams, log, signals, watched files and a file that is read.
  /// A living cluster takes some more.
  package static let minimumFileDescriptors = 24

  /// Its poller, its bell and a connection.
  package static let descriptorsPerLoop = 3

  /// The connections of three API servers, of probes and of whoever reads metrics; with room for fewer the log warns.
  package static let lowConnectionWarning = 100

  /// When there is no room, one of so many connections goes at once: choosing is paid once for all of them.
  package static let evictionFraction = 100

  /// How long a loop goes on before it looks again for those who hold memory that is short: looking takes a millisecond.
  package static let reclaimInterval: Duration = .milliseconds(100)

  /// How long a loop waits before it accepts again when there was no room for another descriptor.
  package static let acceptBackoff: Duration = .milliseconds(500)

  /// Bytes of the log that wait while nobody reads it: some thousand reviews.
  package static let logBufferSize = 1024 * 1024

  /// How long the process waits at its end for the rest of its log to be read.
  package static let logFlushTimeout: Duration = .seconds(1)

  /// One file of a snapshot: all objects of a cluster of ten thousand virtual machines as YAML.
  package static let maxSnapshotFileSize = 512 * 1024 * 1024

  /// Folders inside of each other in a snapshot; a support bundle has six.
  static let snapshotDepth = 16

  /// A certificate chain or key.
  package static let maxCertificateFileSize = 1024 * 1024
}
