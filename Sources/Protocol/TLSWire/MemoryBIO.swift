internal import COpenSSL

/// The input and output of OpenSSL instead of a socket: bytes borrowed for one call, and an array.
///
/// A custom BIO instead of two memory BIOs saves a copy in each direction, and holds no memory while idle.
@safe final class MemoryBIO {
  /// OpenSSL's output; the session swaps the caller's array in and out.
  var outgoing: [UInt8] = []
  private var incoming = unsafe UnsafeRawBufferPointer(start: nil, count: 0)

  /// Whether all input has been read.
  var isDrained: Bool { unsafe incoming.isEmpty }

  func setInput(_ bytes: UnsafeRawBufferPointer) {
    unsafe incoming = bytes
  }

  func clearInput() {
    unsafe incoming = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// Moves input to the buffer and returns the number of bytes; 0 without input.
  fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = unsafe min(buffer.count, incoming.count)
    guard count > 0 else { return 0 }
    // Sound: both buffers have at least `count` bytes.
    unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: incoming[..<count]))
    unsafe incoming = UnsafeRawBufferPointer(rebasing: incoming[count...])
    return count
  }

  fileprivate func write(_ bytes: UnsafeRawBufferPointer) {
    unsafe outgoing.append(contentsOf: bytes)
  }
}

extension MemoryBIO {
  /// The BIO type, created once per process and immutable after that.
  nonisolated(unsafe) static let method: OpaquePointer? = {
    let method = unsafe BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "transport")
    unsafe BIO_meth_set_read(method) { bio, buffer, count in
      guard let bio = unsafe bio, let buffer = unsafe buffer, count > 0 else { return 0 }
      unsafe COpenSSL_clear_retry(bio)
      let free = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
      let read = unsafe MemoryBIO.of(bio) { unsafe $0.read(into: free) }
      if read > 0 { return Int32(read) }
      // No input for now, which is neither an end nor an error.
      unsafe COpenSSL_set_retry_read(bio)
      return -1
    }
    unsafe BIO_meth_set_write(method) { bio, bytes, count in
      guard let bio = unsafe bio, let bytes = unsafe bytes, count > 0 else { return 0 }
      let record = unsafe UnsafeRawBufferPointer(start: bytes, count: Int(count))
      unsafe MemoryBIO.of(bio) { unsafe $0.write(record) }
      return count
    }
    unsafe BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
    return unsafe method
  }()

  /// Calls `use` with the object that `TLSSession.init` stored in the BIO.
  private static func of<Result>(_ bio: OpaquePointer, _ use: (MemoryBIO) -> Result) -> Result {
    guard let data = unsafe BIO_get_data(bio) else { preconditionFailure("a session sets its BIO's data at once") }
    // Sound: unowned here; the session owns it and is in the middle of a call, so no further reference is needed.
    return unsafe Unmanaged<MemoryBIO>.fromOpaque(data)._withUnsafeGuaranteedRef { use($0) }
  }
}
