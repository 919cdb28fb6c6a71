package import ClusterState
internal import Reactor
internal import Rules
internal import Snapshot

/// The files that stand for a cluster: one manifest file, or a folder of them.
package struct SnapshotSource: Sendable {
  package let path: String

  package init(path: String) {
    self.path = path
  }

  /// Reads every file anew; nothing is kept from an earlier reading.
  package func read() throws(SnapshotSourceError) -> ObjectCollection {
    var snapshot = Snapshot()
    for file in try files() {
      do throws(SnapshotError) {
        try snapshot.add(try contents(of: file), named: file)
      } catch {
        throw SnapshotSourceError(description: "\(file): \(error)")
      }
    }
    return snapshot.objects
  }
}
