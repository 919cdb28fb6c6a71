internal import ClusterState
internal import KubeClient
internal import Logging
package import Rules

/// Where the facts come from.
package enum ClusterSource: Sendable {
  /// Files, read when they change.
  case snapshot(SnapshotSource)
  /// An API server, followed.
  case live(LiveSource)

  /// What has to be watched on disk.
  var paths: [String] {
    switch self {
    case .snapshot(let source): source.watchedPaths
    case .live: []
    }
  }

  /// Gives the facts of each moment to a command that asks again and again.
  ///
  /// A living cluster is listed once, for the best explanation of what is wrong, and followed from then on.
  package func makePoller() throws -> () throws -> ClusterFacts {
    guard case .live(let source) = self else { return facts }
    let first = try source.facts()
    let cluster = try source.startWatching(Logger(label: "lookout") { _ in SwiftLogNoOpLogHandler() })
    var isFollowing = false
    return {
      if !isFollowing, cluster.unavailableError != nil { return first }
      isFollowing = true
      return try cluster.currentFacts().facts
    }
  }

  /// The facts as they are now, for a command that asks once.
  package func facts() throws -> ClusterFacts {
    switch self {
    case .snapshot(let source):
      var objects = try source.read()
      let facts = objects.facts
      try requireNodes(facts)
      return facts
    case .live(let source):
      return try source.facts()
    }
  }

  /// Refuses facts without a node: they come from files that kubectl left empty, or from a server that is no cluster's.
  /// Every command that answers from a cluster asks this first, because what could not be read is not «none».
  package func requireNodes(_ facts: ClusterFacts) throws(ServerError) {
    guard facts.nodes.isEmpty else { return }
    switch self {
    case .snapshot(let source): throw ServerError(source.reasonWithoutNodes(facts) ?? source.path)
    case .live(let source): throw ServerError("\(source.access.origin): \(source.reasonWithoutNodes)")
    }
  }
}
