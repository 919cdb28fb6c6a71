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
    let candidates = connections.compactMap { connection -> (connection: Connection, rank: Rank, use: Double)? in
      let age = now - connection.since
      let use = age / connection.fairTime(patience)
      return rank(connection, age, use, need, patience).map { (connection, $0, use) }
    }
    // Nobody loses a request as long as there is somebody else.
    let others = candidates.filter { $0.rank != .slow }
    return (others.isEmpty ? candidates : others)
      .sorted { ($0.rank.rawValue, -$0.use) < ($1.rank.rawValue, -$1.use) }
      .prefix(count).map(\.connection)
  }

  /// Who holds memory and has kept us waiting: the longest first, and no more than hold so many bytes together.
  static func holders(
    of bytes: Int, among connections: [Connection], _ patience: Patience, at now: Moment
  ) -> [Connection] {
    let slow = connections.filter { $0.sharedBytes > 0 && now - $0.since >= patience.slowRequest }
    var missing = bytes
    return Array(
      slow.sorted { $0.since < $1.since }.prefix { holder in
        defer { missing -= holder.sharedBytes }
        return missing > 0
      })
  }

  /// Why somebody can be spared; the first goes first.
  private enum Rank: Int {
    case hasUsedUpItsTime
    case hasNeverAsked
    case rests
    case slow
  }

  private static func rank(
    _ connection: Connection, _ age: Duration, _ use: Double, _ need: Need, _ patience: Patience
  ) -> Rank? {
    if use >= 1 { return .hasUsedUpItsTime }
    guard need == .full else { return nil }
    if connection.isUnasked { return connection.isProven ? .rests : .hasNeverAsked }
    return connection.isAwaited && age >= patience.slowRequest ? .slow : nil
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
