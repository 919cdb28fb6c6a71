internal import Platform

/// Chooses who has to go when there is no room for another connection.
///
/// Somebody who fills the server with connections that do nothing, or hardly anything, must not keep the API server
/// out. So the connections go first that have used up the time that is fair for what they are doing, and of a flood always
/// the oldest. If that is not enough, those follow that nobody loses a request by, whoever has never asked anything before
/// the others; and if there are none either, those that keep us waiting for a request.
enum EvictionPolicy {
  enum Trigger {
    /// As many connections as there may be: somebody has to go, if only nobody loses a request by it.
    case connectionLimit
    /// No room for another descriptor, for whatever reason and maybe for a moment only.
    case descriptorsExhausted
  }

  /// At most `count` connections, the first to go first; empty where everybody should rather stay.
  static func candidates(
    _ count: Int, from connections: [Connection], for trigger: Trigger, _ timeouts: ConnectionTimeouts,
    at now: MonotonicInstant
  ) -> [Connection] {
    let candidates = connections.compactMap {
      connection -> (connection: Connection, priority: Priority, ageRatio: Double)? in
      let age = now - connection.phaseStart
      let ageRatio = age / connection.evictionAge(timeouts)
      return priority(connection, age, ageRatio, trigger, timeouts).map { (connection, $0, ageRatio) }
    }
    // Nobody loses a request as long as there is somebody else.
    let others = candidates.filter { $0.priority != .slow }
    return (others.isEmpty ? candidates : others)
      .sorted { ($0.priority.rawValue, -$0.ageRatio) < ($1.priority.rawValue, -$1.ageRatio) }
      .prefix(count).map(\.connection)
  }

  /// Who holds memory and has kept us waiting: the longest first, and no more than hold so many bytes together.
  static func memoryHolders(
    of bytes: Int, among connections: [Connection], _ timeouts: ConnectionTimeouts, at now: MonotonicInstant
  ) -> [Connection] {
    let slow = connections.filter { $0.reservedBytes > 0 && now - $0.phaseStart >= timeouts.slowRequestThreshold }
    var missing = bytes
    return Array(
      slow.sorted { $0.phaseStart < $1.phaseStart }.prefix { holder in
        defer { missing -= holder.reservedBytes }
        return missing > 0
      })
  }

  /// Why somebody can be spared; the first goes first.
  private enum Priority: Int {
    case overdue
    case noRequestYet
    case idle
    case slow
  }

  private static func priority(
    _ connection: Connection, _ age: Duration, _ ageRatio: Double, _ trigger: Trigger, _ timeouts: ConnectionTimeouts
  ) -> Priority? {
    if ageRatio >= 1 { return .overdue }
    guard trigger == .connectionLimit else { return nil }
    if connection.hasNoRequestInFlight { return connection.hasServedRequest ? .idle : .noRequestYet }
    return connection.isWaitingForPeer && age >= timeouts.slowRequestThreshold ? .slow : nil
  }
}

extension Connection {
  /// No request is being read or answered, so nothing is lost with it.
  fileprivate var hasNoRequestInFlight: Bool {
    switch phase {
    case .idle: !hasPendingOutput
    case .handshake, .lingering, .closed: true
    case .head, .body, .blockedOnFlowControl, .writing, .closing: false
    }
  }

  /// The peer has to send more of its request, or to make room for the answer.
  fileprivate var isWaitingForPeer: Bool {
    switch phase {
    case .head, .body, .blockedOnFlowControl, .writing: true
    case .handshake, .idle, .closing, .lingering, .closed: false
    }
  }

  fileprivate func evictionAge(_ timeouts: ConnectionTimeouts) -> Duration {
    switch phase {
    case .handshake, .head: timeouts.newEvictionAge
    case .idle: hasServedRequest ? timeouts.idleEvictionAge : timeouts.newEvictionAge
    case .body, .blockedOnFlowControl, .writing, .closing: timeouts.activeEvictionAge
    // Its answer was taken by the kernel.
    case .lingering, .closed: .milliseconds(100)
    }
  }
}
