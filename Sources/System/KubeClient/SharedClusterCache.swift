package import ClusterState
internal import Platform
package import Rules
internal import Synchronization

/// The cache of a watched cluster, written by one thread and read by any other.
///
/// The lock is held briefly: an event takes constant time, the end of a list as long as the kind has objects. The first
/// review after a change computes the changed facts, which takes as long as their kinds have objects, except virtual
/// machines and volumes.
package final class SharedClusterCache: Sendable {
  private let cluster: Mutex<ClusterCache>
  package let staleness: Duration

  package init(staleness: Duration) {
    self.staleness = staleness
    cluster = Mutex(ClusterCache(staleness: staleness))
  }

  package func currentFacts() throws(UnavailableError) -> SharedFacts {
    try cluster.withLock { cluster in
      Result { () throws(UnavailableError) in try cluster.currentFacts(at: .monotonicNow) }
    }.get()
  }

  /// The facts, and what uses storage at the same time.
  package func currentFactsWithUsers() throws(UnavailableError) -> (facts: SharedFacts, users: StorageUsers) {
    try cluster.withLock { cluster in
      Result { () throws(UnavailableError) in
        (facts: try cluster.currentFacts(at: .monotonicNow), users: cluster.storageUsers)
      }
    }.get()
  }

  var hasNoNodes: Bool { cluster.withLock { $0.hasNoNodes } }

  package var unavailableError: UnavailableError? { cluster.withLock { $0.unavailableError(at: .monotonicNow) } }

  /// The status of each kind, and the age of its last contact.
  package var kinds: [(kind: WatchedKind, status: ReflectorStatus, age: Duration?)] {
    cluster.withLock { cluster in
      let now = Duration.monotonicNow
      return WatchedKind.allCases.map { ($0, cluster[$0], cluster[$0].age(at: now)) }
    }
  }

  func process(
    _ reflector: inout Reflector,
    _ event: (inout Reflector, inout ObjectStore) -> Reflector.Action
  ) -> Reflector.Action {
    cluster.withLock { $0.process(&reflector, event) }
  }
}

extension Duration {
  /// The current time of the monotonic clock, since boot.
  static var monotonicNow: Duration { MonotonicInstant.now - MonotonicInstant(nanoseconds: 0) }
}
