/// The time that a connection may spend in each phase of one request. A value, so that tests can use shorter ones.
struct ConnectionTimeouts: Sendable {
  /// A TLS handshake takes two round trips; a peer that needs longer is not the API server.
  var handshake: Duration = .seconds(10)

  /// A request head has a few hundred bytes, and the peer has begun to send it.
  var requestHead: Duration = .seconds(10)

  /// The API server gives a webhook at most 30 s in all (timeoutSeconds).
  var requestBody: Duration = .seconds(30)

  /// A peer that reads nothing of its response for this long is gone.
  var write: Duration = .seconds(30)

  /// The time for a peer to read the end of its response and to close.
  var linger: Duration = .seconds(2)

  /// The API server keeps idle connections 90 s and does not retry a POST that meets a closed one, so this timeout must
  /// be longer.
  var keepAlive: Duration = .seconds(120)

  /// The age, a few round trips, from which a handshake, a head or a connection without a request is evicted first at
  /// the connection limit.
  var newEvictionAge: Duration = .seconds(1)

  /// The same for a request that is read or answered; kubectl and the API server complete one in milliseconds.
  var activeEvictionAge: Duration = .seconds(10)

  /// The minimum time without progress before an active request may be evicted, when memory is short or when the
  /// connection limit leaves no other candidate: far longer than an honest peer needs to send or read.
  var slowRequestThreshold: Duration = .seconds(2)

  /// The same for a connection that is idle between requests; the API server closes its own after this time.
  var idleEvictionAge: Duration = .seconds(90)

  /// - Parameter isShuttingDown: Whether the server is stopping; it then waits only briefly for connections without a
  ///   request.
  func timeout(for phase: Connection.Phase, isShuttingDown: Bool) -> Duration {
    switch phase {
    case .handshake where isShuttingDown, .idle where isShuttingDown: newEvictionAge
    case .handshake: handshake
    case .idle: keepAlive
    case .head: requestHead
    case .body: requestBody
    case .blockedOnFlowControl, .writing, .closing: write
    case .lingering: linger
    case .closed: .zero
    }
  }
}
