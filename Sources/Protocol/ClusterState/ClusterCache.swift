package import Rules

/// A cluster that is being watched: its objects, and how well each kind is known.
package struct ClusterCache: Sendable {
  private var objects = ObjectStore()
  private var statuses = [ReflectorStatus](repeating: ReflectorStatus(), count: WatchedKind.allCases.count)
  /// Nil when an object has changed since the facts were made.
  private var known: SharedFacts?
  private let staleness: Duration

  /// - Parameter staleness: After how long a kind without contact no longer counts as known.
  package init(staleness: Duration) {
    self.staleness = staleness
  }

  package subscript(kind: WatchedKind) -> ReflectorStatus { statuses[kind.rawValue] }

  /// Lets a machine take what has come for it.
  package mutating func follow<Result>(
    _ reflector: inout Reflector, _ event: (inout Reflector, inout ObjectStore) -> Result
  ) -> Result {
    let result = event(&reflector, &objects)
    let (old, new) = (statuses[reflector.kind.rawValue], reflector.status)
    statuses[reflector.kind.rawValue] = new
    if new.events != old.events || new.lists != old.lists || new.state != old.state { known = nil }
    return result
  }

  /// The facts as they are now.
  ///
  /// - Throws: Which kinds are not known well enough to decide anything.
  package mutating func currentFacts(at now: Duration) throws(UnavailableError) -> SharedFacts {
    if let unavailableError = unavailableError(at: now) { throw unavailableError }
    if let known { return known }
    let known = SharedFacts(objects.facts)
    self.known = known
    return known
  }

  /// Whether the API server was asked for nodes and has none.
  package var hasNoNodes: Bool { self[.node].state == .synced && objects.isWithoutNodes }

  package func unavailableError(at now: Duration) -> UnavailableError? {
    var reasons: [String] = []
    if hasNoNodes { reasons.append("the API server has no nodes; is the path of its URL right?") }
    for kind in WatchedKind.allCases {
      if let staleReason = self[kind].staleReason(about: kind.resource, at: now, staleAfter: staleness) {
        reasons.append(staleReason)
      }
    }
    guard !reasons.isEmpty else { return nil }
    let rest = reasons.count - Self.maxReasons
    let told = reasons.prefix(Self.maxReasons).joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : "")
    return UnavailableError(message: "the cluster's state is unknown: \(told)")
  }

  /// One reason is often behind all of them.
  private static let maxReasons = 3
}
