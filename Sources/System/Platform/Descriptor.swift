internal import Glibc

/// An open file descriptor with exactly one owner, which closes it when it is destroyed.
public struct Descriptor: ~Copyable, Sendable {
  public let rawValue: Int32

  init(owning rawValue: Int32) {
    self.rawValue = rawValue
  }

  deinit {
    Syscalls.close(rawValue)
  }

  /// Reads available bytes; an empty array means the end of the file.
  func read(atMost count: Int) throws(Errno) -> IOResult<[UInt8]> {
    var bytes = [UInt8](repeating: 0, count: count)
    // Sound: the buffer is the array's own storage, borrowed for this call.
    let descriptor = rawValue
    let result = try unsafe bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(Errno) in try unsafe Syscalls.read(descriptor, buffer) }
    }.get()
    guard case .processed(let length) = result else { return .wouldBlock }
    bytes.removeLast(count - length)
    return .processed(bytes)
  }
}
