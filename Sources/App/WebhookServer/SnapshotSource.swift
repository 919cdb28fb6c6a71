package import ClusterState
internal import Logging
internal import Platform
internal import Rules
package import Snapshot

/// The files that stand for a cluster: one manifest file, or a folder of them.
package struct SnapshotSource: Sendable {
  package let path: String

  package init(path: String) {
    self.path = path
  }

  /// Reads every file anew; nothing is kept from an earlier reading.
  package func read() throws(ServerError) -> ObjectStore {
    var snapshot = Snapshot()
    try read(into: &snapshot)
    return snapshot.objects
  }

  package func read(into snapshot: inout Snapshot) throws(ServerError) {
    for file in try files() {
      let text = try contents(of: file)
      do throws(SnapshotError) {
        try snapshot.add(text, named: file)
      } catch {
        throw ServerError("\(file): \(error)")
      }
    }
  }

  private func files() throws(ServerError) -> [String] {
    guard File.isFolder(path) else { return [path] }
    let names: [String]
    do throws(FileError) {
      names = try File.names(in: path).filter(Snapshot.takes)
    } catch {
      throw ServerError(error.description)
    }
    if names.isEmpty { throw ServerError("\(path): there is no .yaml, .yml or .json file in this folder") }
    return names.map { "\(path)/\($0)" }
  }

  private func contents(of file: String) throws(ServerError) -> [UInt8] {
    do throws(FileError) {
      return try File.read(file, limit: ServerLimits.maxSnapshotFileSize)
    } catch {
      throw ServerError(error.description)
    }
  }
}

/// Keeps the facts as the snapshot's files say.
struct SnapshotReloader {
  let source: SnapshotSource
  let state: ServerState
  let log: Logger

  /// At start-up a snapshot that cannot be read is a mistake on the command line.
  func load() throws(ServerError) {
    var objects = try source.read()
    let facts = objects.facts
    if facts.nodes.isEmpty {
      log.warning(
        "the snapshot has no nodes; is it complete?", metadata: ["path": "\(source.path)"])
    }
    state.cluster.publish(facts)
    state.metrics.snapshotReloads.add(1)
  }

  /// Later it may be a file that is being written: the last good state stays.
  func reload() {
    do throws(ServerError) {
      try load()
      log.notice("snapshot reloaded", metadata: ["path": "\(source.path)"])
    } catch {
      state.metrics.failedSnapshotReloads.add(1)
      log.error("snapshot reload failed, the last good state stays", metadata: ["reason": "\(error)"])
    }
  }
}
