package import ClusterState
internal import Logging
internal import Platform
package import Rules
package import Snapshot
package import WebhookCore

/// A cluster snapshot on disk: one manifest file, or a folder of them.
package struct SnapshotSource: Sendable {
  package let path: String

  package init(path: String) {
    self.path = path
  }

  /// Reads every file; nothing is kept from an earlier read.
  package func read() throws(ProgramError) -> ObjectStore {
    var snapshot = Snapshot()
    try read(into: &snapshot)
    return snapshot.objects
  }

  package func read(into snapshot: inout Snapshot) throws(ProgramError) {
    for file in try files() {
      let text = try contents(of: file)
      do throws(SnapshotError) {
        try snapshot.add(text, named: file)
      } catch {
        throw ProgramError("\(file): \(error)")
      }
    }
  }

  private func files() throws(ProgramError) -> [String] {
    guard File.isFolder(path) else { return [path] }
    do throws(FileError) {
      let files = try SnapshotFolder(path).files
      if files.isEmpty { throw FileError(path, "there is no .yaml, .yml or .json file in this folder") }
      return files
    } catch {
      throw ProgramError(error.description)
    }
  }

  /// The paths to watch for changes: `path`, and every folder below it.
  package var watchedPaths: [String] {
    [path] + (File.isFolder(path) ? (try? SnapshotFolder(path))?.subfolders ?? [] : [])
  }

  /// Returns why facts without a node are not a cluster's; nil for all others.
  package func reasonWithoutNodes(_ facts: ClusterFacts) -> String? {
    facts.nodes.isEmpty ? "\(path): there is no Node in it; was kubectl able to reach the cluster?" : nil
  }

  private func contents(of file: String) throws(ProgramError) -> [UInt8] {
    do throws(FileError) {
      return try File.read(file, limit: SnapshotLimits.fileBytes)
    } catch {
      throw ProgramError(error.description)
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
        guard depth < SnapshotLimits.folderDepth else { throw FileError(path, "folders are nested too deeply") }
        subfolders.append(path)
        try add(path, depth: depth + 1)
      } else if Snapshot.accepts(fileNamed: name), !File.isFolder(path) {
        files.append(path)
      }
    }
  }
}

private enum SnapshotLimits {
  /// The maximum size of one file: all objects of a cluster of ten thousand virtual machines as YAML.
  static let fileBytes = 512 * 1024 * 1024

  /// The maximum depth of nested folders; a support bundle has six.
  static let folderDepth = 16
}
