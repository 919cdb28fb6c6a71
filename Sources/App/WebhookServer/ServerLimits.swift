/// Every bound of the server, with its reason. The bounds on single requests are in `HTTPLimits`.
package enum ServerLimits {
  /// A TLS handshake takes two round trips; whoever needs longer is not the API server.
  package static let handshake: Duration = .seconds(10)

  /// A head of a few hundred bytes from a peer that has just begun to send it.
  package static let head: Duration = .seconds(10)

  /// The API server gives a webhook at most 30 s in all (timeoutSeconds).
  package static let body: Duration = .seconds(30)

  /// A peer that takes none of its answer for this long is gone.
  package static let sending: Duration = .seconds(30)

  /// For a peer to take the end of its answer and close too.
  package static let lingering: Duration = .seconds(2)

  /// The API server keeps idle connections 90 s and does not retry a POST that meets a closed one, so ours has to be
  /// the longer patience.
  package static let idle: Duration = .seconds(120)

  /// Bytes received at once: four TLS records of the largest size.
  package static let receiving = 64 * 1024

  /// Events taken from the kernel at once.
  package static let events = 256

  /// Receives from one connection before the others get their turn.
  package static let receivesInTurn = 4

  /// Connections that the kernel completes before they are accepted.
  package static let backlog: Int32 = 1024

  /// Connections of one loop. The API server opens 25 a host; an idle one costs about 50 KiB.
  package static let connectionsPerLoop = 10_000

  /// How long a loop waits before it accepts again when there was no room for another descriptor.
  package static let acceptPause: Duration = .milliseconds(500)

  /// One file of a snapshot: all objects of a cluster of ten thousand virtual machines as YAML.
  package static let snapshotFile = 512 * 1024 * 1024

  /// A certificate chain or key.
  package static let certificateFile = 1024 * 1024
}
