package import ClusterState
internal import KubeClient
internal import Snapshot
package import WebhookCore

/// Fetches the state of a cluster after a change, once or repeatedly.
package final class VerifyClient {
  private enum Source {
    case snapshot(SnapshotSource)
    case live(VerifyWatcher)
  }

  private let cluster: ClusterSource
  private let source: Source

  /// - Parameter watches: Whether a live cluster is watched, for a caller that fetches repeatedly.
  package init(_ source: ClusterSource, watches: Bool = false) {
    cluster = source
    switch source {
    case .snapshot(let files): self.source = .snapshot(files)
    case .live(let cluster):
      self.source = .live(VerifyWatcher(cluster.access, listsOnly: !watches))
    }
  }

  package func fetch() throws(ProgramError) -> VerifySnapshot {
    var inspected = try read()
    try cluster.requireNodes(inspected.facts)
    return inspected
  }

  private func read() throws(ProgramError) -> VerifySnapshot {
    switch source {
    case .snapshot(let files):
      var snapshot = Snapshot(inspects: true)
      try files.read(into: &snapshot)
      return snapshot.inspected ?? VerifySnapshot()
    case .live(let watcher):
      do throws(KubeError) {
        return try watcher.snapshot()
      } catch {
        throw ProgramError(error.description)
      }
    }
  }
}
