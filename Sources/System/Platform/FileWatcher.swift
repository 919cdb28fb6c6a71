internal import CLinux
internal import Glibc

/// Reports possible changes at or under a path (inotify(7)); the caller reads the files again and compares.
///
/// Watches a file through its folder, because most programs replace a file by renaming another one, and
/// Kubernetes by moving the symbolic link `..data` next to it.
public struct FileWatcher: ~Copyable, Sendable {
  public let descriptor: Descriptor

  public init() throws(Errno) {
    descriptor = Descriptor(owning: try Syscalls.makeWatcher())
  }

  /// Watches a folder, or the folder of a file, which need not exist yet. Repeated calls have no effect.
  public func watch(_ path: String) throws(FileError) {
    let folder = File.isFolder(path) ? path : Self.folder(of: path)
    let events = IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_CREATE | IN_DELETE | IN_ATTRIB | IN_MOVE_SELF
    do throws(Errno) {
      _ = try Syscalls.watch(descriptor.rawValue, folder, UInt32(events))
    } catch {
      let reason =
        error == .noSpace ? "the user has too many inotify watches (sysctl fs.inotify.max_user_watches)" : "\(error)"
      throw FileError(folder, "cannot be watched: \(reason)")
    }
  }

  /// Discards all pending events; returns false if there were none.
  public func drain() -> Bool {
    var isChanged = false
    while case .processed(let events)? = try? descriptor.read(atMost: 64 * 1024), !events.isEmpty { isChanged = true }
    return isChanged
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
