internal import Glibc

/// Why a file, folder or stream cannot be read or written, as a message for the user.
public struct FileError: Error, CustomStringConvertible, Sendable {
  public let description: String

  public init(_ path: String, _ reason: String) {
    // As from an unset shell variable.
    description = path.isEmpty ? "an empty path names no file" : "\(path): \(reason)"
  }
}

/// Files, read and written whole.
public enum File {
  /// - Parameter limit: The maximum size; a larger file is an error, not truncated.
  public static func read(_ path: String, limit: Int) throws(FileError) -> [UInt8] {
    let bytes: [UInt8]
    do throws(Errno) {
      bytes = try readWhole(path, stoppingAfter: limit)
    } catch {
      throw FileError(path, error.description)
    }
    if bytes.count > limit { throw FileError(path, "has more than \(limit) bytes") }
    return bytes
  }

  private static func readWhole(_ path: String, stoppingAfter limit: Int) throws(Errno) -> [UInt8] {
    // Without O_NONBLOCK, opening a pipe would wait for a writer.
    let file = Descriptor(owning: try Syscalls.open(path, flags: O_RDONLY | O_NONBLOCK))
    let size = Int(try Syscalls.status(of: file.rawValue).st_size)
    var bytes: [UInt8] = []
    while bytes.count <= limit {
      // A pipe with a slow writer: the bytes so far are not the whole file.
      guard case .processed(let chunk) = try file.read(atMost: max(size - bytes.count + 1, 4096)) else {
        throw .wouldBlock
      }
      if chunk.isEmpty { break }
      bytes += chunk
    }
    return bytes
  }

  /// Reads standard input, a terminal or a pipe, to its end.
  public static func readStandardInput(limit: Int) throws(FileError) -> [UInt8] {
    var bytes: [UInt8] = []
    do throws(Errno) {
      let input = Descriptor(owning: try Syscalls.duplicate(0))
      while case .processed(let chunk) = try input.read(atMost: 64 * 1024), !chunk.isEmpty {
        bytes += chunk
        if bytes.count > limit { break }
      }
    } catch {
      throw FileError("standard input", error.description)
    }
    if bytes.count > limit { throw FileError("standard input", "has more than \(limit) bytes") }
    return bytes
  }

  /// Overwrites a file, or creates it with the permissions that the umask allows.
  public static func write(_ bytes: [UInt8], to path: String) throws(FileError) {
    do throws(Errno) {
      let file = Descriptor(owning: try Syscalls.open(path, flags: O_WRONLY | O_CREAT | O_TRUNC))
      try Syscalls.writeWhole(file.rawValue, bytes)
    } catch {
      throw FileError(path, error.description)
    }
  }

  /// - Parameter followingLinks: Whether a symbolic link to a folder counts as one.
  public static func isFolder(_ path: String, followingLinks: Bool = true) -> Bool {
    var status = stat()
    let isKnown = unsafe followingLinks ? stat(path, &status) == 0 : lstat(path, &status) == 0
    return isKnown && status.st_mode & S_IFMT == S_IFDIR
  }

  public static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0
  }

  /// Returns the names in a folder, in byte order.
  public static func names(in folder: String) throws(FileError) -> [String] {
    let names: [String]
    do throws(Errno) {
      names = try Syscalls.names(in: folder)
    } catch {
      throw FileError(folder, error.description)
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
}
