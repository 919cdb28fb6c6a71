/// How long a connection may stay in each phase of one request. A value, so that a test need not wait as long.
struct Patience: Sendable {
  /// A TLS handshake takes two round trips; whoever needs longer is not the API server.
  var handshake: Duration = .seconds(10)

  /// A head of a few hundred bytes from a peer that has just begun to send it.
  var head: Duration = .seconds(10)

  /// The API server gives a webhook at most 30 s in all (timeoutSeconds).
  var body: Duration = .seconds(30)

  /// A peer that takes none of its answer for this long is gone.
  var sending: Duration = .seconds(30)

  /// For a peer to take the end of its answer and close too.
  var lingering: Duration = .seconds(2)

  /// The API server keeps idle connections 90 s and does not retry a POST that meets a closed one, so ours has to be
  /// the longer patience.
  var idle: Duration = .seconds(120)

  /// What is fair for a handshake, a head, or a connection that has not asked anything yet: a few round trips. Who takes
  /// longer is the first to go when there is no room for others.
  var fairBeginning: Duration = .seconds(1)

  /// The same for a request that is read or answered; kubectl and the API server are done with it in milliseconds.
  var fairRequest: Duration = .seconds(10)

  /// How long a request or an answer may keep us waiting when memory is short, or when there is no room and nobody else can
  /// be spared: far longer than it takes somebody who sends or reads it.
  var slowRequest: Duration = .seconds(2)

  /// What is fair for a connection that rests between requests; the API server closes its own after this time.
  var fairRest: Duration = .seconds(90)

  /// - Parameter isEnding: The server is stopping, and waits for nobody who has not asked yet.
  func duration(of phase: Connection.Phase, isEnding: Bool) -> Duration {
    switch phase {
    case .handshake where isEnding, .idle where isEnding: fairBeginning
    case .handshake: handshake
    case .idle: idle
    case .head: head
    case .body: body
    case .stalled, .sending, .closing: sending
    case .lingering: lingering
    case .closed: .zero
    }
  }
}
