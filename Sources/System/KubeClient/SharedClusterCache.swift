package import ClusterState
internal import Platform
package import Rules
internal import Synchronization

/// A watched cluster that one thread writes and any other reads.
///
/// An event is written in constant time, so that nobody waits long for the lock; the facts are made when a review asks
/// for them and something has changed.
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

  var hasNoNodes: Bool { cluster.withLock { $0.hasNoNodes } }

  package var unavailableError: UnavailableError? { cluster.withLock { $0.unavailableError(at: .monotonicNow) } }

  /// How well each kind is known, and how long ago something was last heard of it.
  package var kinds: [(kind: WatchedKind, status: ReflectorStatus, age: Duration?)] {
    cluster.withLock { cluster in
      let now = Duration.monotonicNow
      return WatchedKind.allCases.map { ($0, cluster[$0], cluster[$0].age(at: now)) }
    }
  }

  func follow(
    _ reflector: inout Reflector,
    _ event: (inout Reflector, inout ObjectStore) -> Reflector.Action
  ) -> Reflector.Action {
    cluster.withLock { $0.follow(&reflector, event) }
  }
}

extension Duration {
  /// From the machines' beginning of time to now.
  static var monotonicNow: Duration { MonotonicInstant.now - MonotonicInstant(nanoseconds: 0) }
}
