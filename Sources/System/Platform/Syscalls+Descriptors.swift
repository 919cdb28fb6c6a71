internal import Glibc

// Reading, writing and waiting on any descriptor.
extension Syscalls {
  static func close(_ descriptor: Int32) {
    // Linux has freed the descriptor even if it reports an error (close(2), NOTES), so there is nothing to retry.
    _ = try? perform(.close(descriptor)) { Glibc.close(descriptor) }
  }

  static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> IOResult<Int> {
    try nonblocking(unsafe .read(descriptor, buffer)) {
      unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
    }
  }

  static func write(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) throws(Errno) -> IOResult<Int> {
    try nonblocking(unsafe .write(descriptor, buffer)) {
      unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count)
    }
  }

  /// Writes all bytes to a file, terminal or pipe, and waits as needed.
  static func writeWhole(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) {
    var rest = bytes[...]
    try writeAll(&rest, to: descriptor)
  }

  /// Writes all bytes; after an error `rest` has the unwritten ones.
  static func writeAll(_ rest: inout ArraySlice<UInt8>, to descriptor: Int32) throws(Errno) {
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes { buffer in
        Result { () throws(Errno) in try unsafe write(descriptor, buffer) }
      }
      switch try written.get() {
      case .processed(let count): rest = rest.dropFirst(count)
      case .wouldBlock: _ = try waitUntilWritable(descriptor, milliseconds: -1)
      }
    }
  }

  /// Waits until the descriptor is writable; returns false after the timeout. Standard streams need this, because
  /// another process that shares them may have set O_NONBLOCK.
  static func waitUntilWritable(_ descriptor: Int32, milliseconds: Int32) throws(Errno) -> Bool {
    try wait(for: POLLOUT, of: descriptor, milliseconds)
  }

  static func waitUntilReadable(_ descriptor: Int32, milliseconds: Int32) throws(Errno) -> Bool {
    try wait(for: POLLIN, of: descriptor, milliseconds)
  }

  /// Waits without a poller, which would need a descriptor.
  private static func wait(for event: Int32, of descriptor: Int32, _ milliseconds: Int32) throws(Errno) -> Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    return try retrying(.poll(descriptor)) { unsafe poll(&wanted, 1, milliseconds) } > 0
  }
}
