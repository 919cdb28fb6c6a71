/// How long a connection may stay in each phase of one request. A value, so that a test need not wait as long.
struct ConnectionTimeouts: Sendable {
  /// A TLS handshake takes two round trips; whoever needs longer is not the API server.
  var handshake: Duration = .seconds(10)

  /// A head of a few hundred bytes from a peer that has just begun to send it.
  var requestHead: Duration = .seconds(10)

  /// The API server gives a webhook at most 30 s in all (timeoutSeconds).
  var requestBody: Duration = .seconds(30)

  /// A peer that takes none of its answer for this long is gone.
  var write: Duration = .seconds(30)

  /// For a peer to take the end of its answer and close too.
  var linger: Duration = .seconds(2)

  /// The API server keeps idle connections 90 s and does not retry a POST that meets a closed one, so ours has to be
  /// the longer patience.
  var keepAlive: Duration = .seconds(120)

  /// What is fair for a handshake, a head, or a connection that has not asked anything yet: a few round trips. Who takes
  /// longer is the first to go when there is no room for others.
  var newEvictionAge: Duration = .seconds(1)

  /// The same for a request that is read or answered; kubectl and the API server are done with it in milliseconds.
  var activeEvictionAge: Duration = .seconds(10)

  /// How long a request or an answer may keep us waiting when memory is short, or when there is no room and nobody else can
  /// be spared: far longer than it takes somebody who sends or reads it.
  var slowRequestThreshold: Duration = .seconds(2)

  /// What is fair for a connection that rests between requests; the API server closes its own after this time.
  var idleEvictionAge: Duration = .seconds(90)

  /// - Parameter isDraining: The server is stopping, and waits for nobody who has not asked yet.
  func timeout(for phase: Connection.Phase, isDraining: Bool) -> Duration {
    switch phase {
    case .handshake where isDraining, .idle where isDraining: newEvictionAge
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
