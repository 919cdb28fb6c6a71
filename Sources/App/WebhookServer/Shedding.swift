internal import Reactor

/// Chooses who has to go when there is no room for another connection.
///
/// Somebody who fills the server with connections that do nothing, or hardly anything, must not keep the API server
/// out. So the connections go first that have used up the time that is fair for what they are doing, and of a flood always
/// the oldest. If that is not enough, those follow that nobody loses a request by, whoever has never asked anything before
/// the others; and if there are none either, those that keep us waiting for a request.
enum Shedding {
  enum Need {
    /// As many connections as there may be: somebody has to go, if only nobody loses a request by it.
    case full
    /// No room for another descriptor, for whatever reason and maybe for a moment only.
    case exhausted
  }

  /// At most `count` connections, the first to go first; empty where everybody should rather stay.
  static func choose(
    _ count: Int, from connections: [Connection], for need: Need, _ patience: Patience, at now: Moment
  ) -> [Connection] {
    let candidates = connections.compactMap { connection -> (connection: Connection, rank: Int, use: Double)? in
      let use = (now - connection.since) / connection.fairTime(patience)
      return rank(connection, use, need).map { (connection, $0, use) }
    }
    // Nobody loses a request as long as there is somebody else.
    let last = candidates.contains { $0.rank < Self.rankOfSlow } ? Self.rankOfSlow - 1 : Self.rankOfSlow
    return candidates.filter { $0.rank <= last }.sorted { ($0.rank, -$0.use) < ($1.rank, -$1.use) }
      .prefix(count).map(\.connection)
  }

  private static let rankOfSlow = 3

  /// The lower, the sooner it goes; nil where it stays.
  private static func rank(_ connection: Connection, _ use: Double, _ need: Need) -> Int? {
    if use >= 1 { return 0 }
    guard need == .full else { return nil }
    if connection.isUnasked { return connection.isProven ? 2 : 1 }
    // A fifth of what is fair is far more than a request takes that somebody sends.
    return connection.isAwaited && use >= 0.2 ? rankOfSlow : nil
  }
}

extension Connection {
  /// No request is being read or answered, so nothing is lost with it.
  fileprivate var isUnasked: Bool {
    switch phase {
    case .idle: !owesBytes
    case .handshake, .lingering, .closed: true
    case .head, .body, .stalled, .sending, .closing: false
    }
  }

  /// The peer has to send more of its request, or to make room for the answer.
  fileprivate var isAwaited: Bool {
    switch phase {
    case .head, .body, .stalled, .sending: true
    case .handshake, .idle, .closing, .lingering, .closed: false
    }
  }

  fileprivate func fairTime(_ patience: Patience) -> Duration {
    switch phase {
    case .handshake, .head: patience.fairBeginning
    case .idle: isProven ? patience.fairRest : patience.fairBeginning
    case .body, .stalled, .sending, .closing: patience.fairRequest
    // Its answer was taken by the kernel.
    case .lingering, .closed: .milliseconds(100)
    }
  }
}
