internal import Platform

/// Chooses the connections to close at the connection limit, or when descriptors or memory run out.
///
/// A peer that fills the server with connections that do little or nothing must not keep the API server out.
/// Connections that have exceeded the eviction age of their phase go first, the oldest of a flood always before the
/// others. Next are those without a request in flight: first those that never sent one, then the idle ones. Last are
/// those whose peer delays a request.
enum EvictionPolicy {
  enum Trigger {
    /// The connection limit is reached: connections within their eviction age may go too.
    case connectionLimit
    /// No descriptor is left, maybe only for a moment: only overdue connections may go.
    case descriptorsExhausted
  }

  /// Returns up to `count` candidates, most evictable first; empty if none may be evicted.
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
    // Requests in flight are lost only if there is no other candidate.
    let others = candidates.filter { $0.priority != .slow }
    return (others.isEmpty ? candidates : others)
      .sorted { ($0.priority.rawValue, -$0.ageRatio) < ($1.priority.rawValue, -$1.ageRatio) }
      .prefix(count).map(\.connection)
  }

  /// Returns the slow connections that hold memory, the slowest first, and no more of them than hold `bytes` together.
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

  /// The reason why a connection may be evicted; the first goes first.
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
    if connection.hasNoRequestInFlight { return connection.hasReceivedRequest ? .idle : .noRequestYet }
    return connection.isWaitingForPeer && age >= timeouts.slowRequestThreshold ? .slow : nil
  }
}

extension Connection {
  /// No request is being read or answered, so none is lost with the connection.
  fileprivate var hasNoRequestInFlight: Bool {
    switch phase {
    case .idle: !hasPendingOutput
    case .handshake, .lingering, .closed: true
    case .head, .body, .blockedOnFlowControl, .writing, .closing: false
    }
  }

  /// The peer must send more of its request, or read more of the response.
  fileprivate var isWaitingForPeer: Bool {
    switch phase {
    case .head, .body, .blockedOnFlowControl, .writing: true
    case .handshake, .idle, .closing, .lingering, .closed: false
    }
  }

  fileprivate func evictionAge(_ timeouts: ConnectionTimeouts) -> Duration {
    switch phase {
    case .handshake, .head: timeouts.newEvictionAge
    case .idle: hasReceivedRequest ? timeouts.idleEvictionAge : timeouts.newEvictionAge
    case .body, .blockedOnFlowControl, .writing, .closing: timeouts.activeEvictionAge
    // The kernel has taken the response.
    case .lingering, .closed: .milliseconds(100)
    }
  }
}
