package import Rules

/// The cache of a watched cluster: its objects, and the sync state of each kind.
package struct ClusterCache: Sendable {
  private var objects = ObjectStore()
  private var statuses = [ReflectorStatus](repeating: ReflectorStatus(), count: WatchedKind.allCases.count)
  /// The facts of the current objects; nil after an object has changed.
  private var known: SharedFacts?
  private let staleness: Duration

  /// - Parameter staleness: The maximum age of a kind's last contact; older data counts as unknown.
  package init(staleness: Duration) {
    self.staleness = staleness
  }

  package subscript(kind: WatchedKind) -> ReflectorStatus { statuses[kind.rawValue] }

  /// Applies an event to a reflector and publishes its new status.
  package mutating func process<Result>(
    _ reflector: inout Reflector, _ event: (inout Reflector, inout ObjectStore) -> Result
  ) -> Result {
    let result = event(&reflector, &objects)
    statuses[reflector.kind.rawValue] = reflector.status
    if objects.hasChanges { known = nil }
    return result
  }

  /// Returns the current facts.
  ///
  /// - Throws: The kinds that are not known well enough to decide a review.
  package mutating func currentFacts(at now: Duration) throws(UnavailableError) -> SharedFacts {
    if let unavailableError = unavailableError(at: now) { throw unavailableError }
    if let known { return known }
    let known = SharedFacts(objects.facts)
    self.known = known
    return known
  }

  /// What uses storage now.
  package var storageUsers: StorageUsers { mutating get { objects.storageUsers } }

  /// Whether the list of nodes is complete and empty.
  package var hasNoNodes: Bool { self[.node].state == .synced && objects.isWithoutNodes }

  package func unavailableError(at now: Duration) -> UnavailableError? {
    var reasons: [String] = []
    if hasNoNodes { reasons.append("the API server has no nodes; is the path of its URL right?") }
    for kind in WatchedKind.allCases {
      if let unavailableReason = self[kind].unavailableReason(about: kind.resource, at: now, staleAfter: staleness) {
        reasons.append(unavailableReason)
      }
    }
    guard !reasons.isEmpty else { return nil }
    let rest = reasons.count - Self.maxReasons
    let told = reasons.prefix(Self.maxReasons).joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : "")
    return UnavailableError(message: "the cluster's state is unknown: \(told)")
  }

  /// All reasons often have one cause, so few are enough.
  private static let maxReasons = 3
}
