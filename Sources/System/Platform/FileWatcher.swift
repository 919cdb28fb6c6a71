internal import CLinux
internal import Glibc

/// Tells that something at or under a path may have changed (inotify(7)); the caller reads it anew and compares.
///
/// A file is watched through its folder, because most programs replace a file by renaming another one over it, and
/// Kubernetes by moving the symbolic link `..data` beside it.
public struct FileWatcher: ~Copyable, Sendable {
  public let descriptor: Descriptor

  public init() throws(Errno) {
    descriptor = Descriptor(owning: try Syscalls.makeWatcher())
  }

  /// Watches a folder, or the folder a file is in; the file itself need not exist yet. Watching twice does no harm.
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

  /// Takes all events that have come and forgets them; false if there were none.
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
