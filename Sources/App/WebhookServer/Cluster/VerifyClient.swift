package import ClusterState
internal import KubeClient
internal import Snapshot

/// Fetches the state of a cluster after a change, once or repeatedly.
package final class VerifyClient {
  private enum Source {
    case snapshot(SnapshotSource)
    case live(VerifyLister)
  }

  private let cluster: ClusterSource
  private let source: Source

  package init(_ source: ClusterSource) {
    cluster = source
    switch source {
    case .snapshot(let files): self.source = .snapshot(files)
    case .live(let cluster): self.source = .live(cluster.listing())
    }
  }

  package func fetch() throws(ServerError) -> VerifySnapshot {
    var inspected = try read()
    try cluster.requireNodes(inspected.facts)
    return inspected
  }

  private func read() throws(ServerError) -> VerifySnapshot {
    switch source {
    case .snapshot(let files):
      var snapshot = Snapshot(inspects: true)
      try files.read(into: &snapshot)
      return snapshot.inspected ?? VerifySnapshot()
    case .live(let listing):
      do throws(KubeError) {
        return try listing.list()
      } catch {
        throw ServerError(error.description)
      }
    }
  }
}
