package import ClusterState
internal import Reactor
package import Rules
internal import Synchronization

/// A watched cluster that one thread writes and any other reads.
///
/// An event is written in constant time, so that nobody waits long for the lock; the facts are made when a review asks
/// for them and something has changed.
package final class SharedCluster: Sendable {
  private let cluster: Mutex<LiveCluster>
  package let staleness: Duration

  package init(staleness: Duration) {
    self.staleness = staleness
    cluster = Mutex(LiveCluster(staleness: staleness))
  }

  package func known() throws(Fault) -> KnownCluster {
    try cluster.withLock { cluster in
      Result { () throws(Fault) in try cluster.known(at: .untilNow) }
    }.get()
  }

  package var fault: Fault? { cluster.withLock { $0.fault(at: .untilNow) } }

  /// How well each kind is known, and how long ago something was last heard of it.
  package var kinds: [(kind: WatchedKind, status: KindStatus, age: Duration?)] {
    cluster.withLock { cluster in
      let now = Duration.untilNow
      return WatchedKind.allCases.map { ($0, cluster[$0], cluster[$0].age(at: now)) }
    }
  }

  func follow(
    _ machine: inout WatchMachine,
    _ event: (inout WatchMachine, inout ObjectCollection) -> WatchMachine.Action
  ) -> WatchMachine.Action {
    cluster.withLock { $0.follow(&machine, event) }
  }
}

extension Duration {
  /// From the machines' beginning of time to now.
  static var untilNow: Duration { Moment.now - Moment(nanoseconds: 0) }
}
