package import Rules

/// A cluster that is being watched: its objects, and how well each kind is known.
package struct LiveCluster: Sendable {
  private var objects = ObjectCollection()
  private var statuses = [KindStatus](repeating: KindStatus(), count: WatchedKind.allCases.count)
  /// Nil when an object has changed since the facts were made.
  private var known: KnownCluster?
  private let staleness: Duration

  /// - Parameter staleness: After how long a kind that nothing was heard about no longer counts as known.
  package init(staleness: Duration) {
    self.staleness = staleness
  }

  package subscript(kind: WatchedKind) -> KindStatus { statuses[kind.rawValue] }

  /// Lets a machine take what has come for it.
  package mutating func follow<Result>(
    _ machine: inout WatchMachine, _ event: (inout WatchMachine, inout ObjectCollection) -> Result
  ) -> Result {
    let result = event(&machine, &objects)
    let (old, new) = (statuses[machine.kind.rawValue], machine.status)
    statuses[machine.kind.rawValue] = new
    if new.events != old.events || new.lists != old.lists || new.standing != old.standing { known = nil }
    return result
  }

  /// The facts as they are now.
  ///
  /// - Throws: Which kinds are not known well enough to decide anything.
  package mutating func known(at now: Duration) throws(Fault) -> KnownCluster {
    if let fault = fault(at: now) { throw fault }
    if let known { return known }
    let known = KnownCluster(objects.facts)
    self.known = known
    return known
  }

  package func fault(at now: Duration) -> Fault? {
    var complaints: [String] = []
    for kind in WatchedKind.allCases {
      if let complaint = self[kind].complaint(about: kind.resource, at: now, staleAfter: staleness) {
        complaints.append(complaint)
      }
    }
    guard !complaints.isEmpty else { return nil }
    let rest = complaints.count - Self.complaintsTold
    let told = complaints.prefix(Self.complaintsTold).joined(separator: "; ") + (rest > 0 ? "; and \(rest) more" : "")
    return Fault(message: "the cluster's state is not known: \(told)")
  }

  /// One reason is often behind all of them.
  private static let complaintsTold = 3
}
