package import ChangeExecution
internal import ClusterState
internal import KubeClient
package import Rules
package import WebhookCore

/// The source of the cluster's facts.
package enum ClusterSource: Sendable {
  /// Files, reloaded when they change.
  case snapshot(SnapshotSource)
  /// An API server, watched.
  case live(LiveSource)

  /// The paths on disk to watch.
  package var paths: [String] {
    switch self {
    case .snapshot(let source): source.watchedPaths
    case .live: []
    }
  }

  /// Returns a function that returns the current facts, for a command that polls.
  ///
  /// A live cluster is listed once, for the best error message, and watched from then on.
  package func makeFactsReader() throws -> () throws -> ClusterFacts {
    guard case .live(let source) = self else { return facts }
    let poller = try source.makeFactsReader()
    return { try poller().rules }
  }

  /// Returns the current facts and what uses storage, for a command that needs them once.
  package func changeFacts() throws -> ChangeFacts {
    switch self {
    case .snapshot(let source):
      var objects = try source.read()
      let facts = objects.facts
      try requireNodes(facts)
      return ChangeFacts(facts, objects.storageUsers)
    case .live(let source): return try source.changeFacts()
    }
  }

  /// Returns the current facts, for a command that needs them once.
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

  /// Throws if the facts have no node: the files are what kubectl left empty, or the server is not a cluster's. Every
  /// command that uses a cluster's facts checks this first, because unreadable does not mean «none».
  package func requireNodes(_ facts: ClusterFacts) throws(ProgramError) {
    guard facts.nodes.isEmpty else { return }
    switch self {
    case .snapshot(let source): throw ProgramError(source.reasonWithoutNodes(facts) ?? source.path)
    case .live(let source): throw ProgramError("\(source.access.origin): \(source.reasonWithoutNodes)")
    }
  }
}
