internal import Glibc

/// The process's standard output, where answers go.
package enum StandardOutput {
  /// Writes a text as it is, past any buffer: who watches sees it at once.
  package static func write(_ text: String) throws(FileError) {
    do throws(Errno) {
      try Syscalls.writeWhole(1, Array(text.utf8))
    } catch {
      throw FileError("standard output", error.description)
    }
  }
}

extension File {
  /// Writes a file anew, or creates it with the rights that the user's mask leaves.
  package static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    do throws(Errno) {
      let file = Descriptor(owning: try Syscalls.create(path))
      try Syscalls.writeWhole(file.rawValue, bytes)
    } catch {
      throw FileError(path, error.description)
    }
  }
}

extension Syscalls {
  static func create(_ path: String) throws(Errno) -> Int32 {
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    while true {
      let descriptor = unsafe Glibc.open(path, flags, 0o666)
      if descriptor >= 0 { return descriptor }
      let reason = Errno(rawValue: errno)
      if reason != .interrupted { throw reason }
    }
  }

  /// For files and terminals, which take everything sooner or later.
  static func writeWhole(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) {
    var rest = bytes[...]
    while !rest.isEmpty {
      // Sound: the kernel copies the bytes before the call returns.
      let written = unsafe rest.withUnsafeBytes { buffer in
        Result { () throws(Errno) in try unsafe write(descriptor, buffer) }
      }
      guard case .done(let count) = try written.get(), count > 0 else { throw .wouldBlock }
      rest = rest.dropFirst(count)
    }
  }
}
