internal import Glibc

extension Syscalls {
  /// Opens a file; a new one has the permissions that the umask allows.
  static func open(_ path: String, flags: Int32) throws(Errno) -> Int32 {
    try retrying(.open(path)) { unsafe Glibc.open(path, flags | O_CLOEXEC, 0o666) }
  }

  static func duplicate(_ descriptor: Int32) throws(Errno) -> Int32 {
    try retrying(.duplicate(descriptor)) { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
  }

  static func status(of descriptor: Int32) throws(Errno) -> stat {
    var status = stat()
    _ = try retrying(.status) { unsafe fstat(descriptor, &status) }
    return status
  }

  /// Returns the names in a folder, in the order of the file system.
  static func names(in folder: String) throws(Errno) -> [String] {
    var stream: OpaquePointer?
    _ = try retrying(.openFolder(folder)) {
      unsafe stream = opendir(folder)
      return unsafe stream == nil ? -1 : 0
    }
    guard let stream = unsafe stream else { preconditionFailure("a folder that was opened has a stream") }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let name = try unsafe nextName(in: stream) {
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func nextName(in stream: OpaquePointer) throws(Errno) -> String? {
    var entry: UnsafeMutablePointer<dirent>?
    _ = try retrying(.nextEntry) {
      // Only errno distinguishes the end from an error (readdir(3)).
      errno = 0
      unsafe entry = readdir(stream)
      return unsafe entry == nil && errno != 0 ? -1 : 0
    }
    guard let entry = unsafe entry, let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return nil }
    // Sound: an entry is valid until the next readdir, and its zero-terminated name is copied before. Not through the
    // field: an entry is shorter than its type, and the field would be copied whole.
    return unsafe String(cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
  }
}
