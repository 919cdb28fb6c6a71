package import ClusterState
internal import Logging
internal import Platform
internal import Rules
package import Snapshot

/// A cluster snapshot on disk: one manifest file, or a folder of them.
package struct SnapshotSource: Sendable {
  package let path: String

  package init(path: String) {
    self.path = path
  }

  /// Reads every file; nothing is kept from an earlier read.
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
    do throws(FileError) {
      let files = try SnapshotFolder(path).files
      if files.isEmpty { throw FileError(path, "there is no .yaml, .yml or .json file in this folder") }
      return files
    } catch {
      throw ServerError(error.description)
    }
  }

  /// The paths to watch for changes: `path`, and every folder below it.
  var watchedPaths: [String] {
    [path] + (File.isFolder(path) ? (try? SnapshotFolder(path))?.subfolders ?? [] : [])
  }

  /// Returns why facts without a node are not a cluster's; nil for all others.
  func reasonWithoutNodes(_ facts: ClusterFacts) -> String? {
    facts.nodes.isEmpty ? "\(path): there is no Node in it; was kubectl able to reach the cluster?" : nil
  }

  private func contents(of file: String) throws(ServerError) -> [UInt8] {
    do throws(FileError) {
      return try File.read(file, limit: ServerLimits.maxSnapshotFileSize)
    } catch {
      throw ServerError(error.description)
    }
  }
}

/// A folder of snapshot files with its subfolders, as filled by kubectl or from a support bundle.
private struct SnapshotFolder {
  private(set) var files: [String] = []
  private(set) var subfolders: [String] = []

  init(_ path: String) throws(FileError) {
    try add(path, depth: 0)
  }

  /// Symbolic links to folders are not followed, so that there is no cycle.
  private mutating func add(_ folder: String, depth: Int) throws(FileError) {
    for name in try File.names(in: folder) where !name.hasPrefix(".") {
      let path = "\(folder)/\(name)"
      if File.isFolder(path, followingLinks: false) {
        guard depth < ServerLimits.snapshotDepth else { throw FileError(path, "folders are nested too deeply") }
        subfolders.append(path)
        try add(path, depth: depth + 1)
      } else if Snapshot.accepts(fileNamed: name), !File.isFolder(path) {
        files.append(path)
      }
    }
  }
}

/// Loads and reloads the facts from a snapshot.
struct SnapshotReloader {
  let source: SnapshotSource
  let state: ServerState
  let log: Logger

  /// Loads the snapshot at start-up, where an unreadable one is a configuration error.
  func load() throws(ServerError) {
    var objects = try source.read()
    let facts = objects.facts
    if let reason = source.reasonWithoutNodes(facts) {
      // The snapshot may still be written, so the server starts, with its facts unavailable.
      log.warning("the snapshot has no nodes; is it complete?", metadata: ["path": "\(source.path)"])
      state.facts.markUnavailable(UnavailableError(message: "the cluster's state is unknown: \(reason)"))
    } else {
      state.facts.publish(facts)
    }
    state.metrics.snapshotReloads.add(1)
  }

  /// Reloads the snapshot. A file may be half written, so an error keeps the last good state.
  func reload() {
    do throws(ServerError) {
      var objects = try source.read()
      let facts = objects.facts
      if let reason = source.reasonWithoutNodes(facts) { throw ServerError(reason) }
      state.facts.publish(facts)
      state.metrics.snapshotReloads.add(1)
      log.notice("snapshot reloaded", metadata: ["path": "\(source.path)"])
    } catch {
      state.metrics.failedSnapshotReloads.add(1)
      log.error("snapshot reload failed, the last good state stays", metadata: ["reason": "\(error)"])
    }
  }
}
