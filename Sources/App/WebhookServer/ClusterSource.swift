internal import ClusterState
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
    case .snapshot(let source): [source.path]
    case .live: []
    }
  }

  /// The facts as they are now, for a command that asks once.
  package func facts() throws -> ClusterFacts {
    switch self {
    case .snapshot(let source):
      var objects = try source.read()
      return objects.facts
    case .live(let source):
      return try source.facts()
    }
  }
}
