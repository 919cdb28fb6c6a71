internal import KubeClient
internal import Rules
internal import Synchronization

/// The facts that reviews read: those of the last read of a snapshot, or of the cache of a watched cluster.
final class FactsProvider: Sendable {
  private enum Content {
    case unknown(UnavailableError)
    case snapshot(SharedFacts)
    case live(SharedClusterCache)
  }

  private let content = Mutex(
    Content.unknown(UnavailableError(message: "the cluster's state is unknown: nothing has been read yet")))

  /// Makes the facts unavailable, with this error, until they are published.
  func markUnavailable(_ unavailableError: UnavailableError) {
    content.withLock { $0 = .unknown(unavailableError) }
  }

  func publish(_ facts: ClusterFacts) {
    let cluster = SharedFacts(facts)
    content.withLock { $0 = .snapshot(cluster) }
  }

  func attach(_ cluster: SharedClusterCache) {
    content.withLock { $0 = .live(cluster) }
  }

  func currentFacts() throws(UnavailableError) -> SharedFacts {
    switch content.withLock({ $0 }) {
    case .unknown(let unavailableError): throw unavailableError
    case .snapshot(let cluster): return cluster
    case .live(let cluster): return try cluster.currentFacts()
    }
  }

  var unavailableError: UnavailableError? {
    switch content.withLock({ $0 }) {
    case .unknown(let unavailableError): unavailableError
    case .snapshot: nil
    case .live(let cluster): cluster.unavailableError
    }
  }

  /// The cache of the watched cluster; nil without one.
  var live: SharedClusterCache? {
    guard case .live(let cluster) = content.withLock({ $0 }) else { return nil }
    return cluster
  }
}
