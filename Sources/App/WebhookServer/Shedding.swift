internal import Reactor

/// Chooses who has to go when there is no room for another connection.
///
/// Somebody who fills the server with connections that do nothing, or hardly anything, must not keep the API server
/// out. So the connections go first that have used the most of the time that is fair for what they are doing: of a
/// flood always the oldest, while a handshake or request that makes progress is not even looked at.
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
    let candidates = connections.compactMap { connection -> (connection: Connection, use: Double)? in
      let use = (now - connection.since) / connection.fairTime(patience)
      return use >= 1 || need == .full && connection.isUnasked ? (connection, use) : nil
    }
    return candidates.sorted { $0.use > $1.use }.prefix(count).map(\.connection)
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
