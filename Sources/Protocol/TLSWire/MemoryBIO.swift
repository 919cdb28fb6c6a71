internal import COpenSSL

/// What OpenSSL reads from and writes to in place of a socket: bytes that are lent for one call, and an array.
///
/// A BIO of our own instead of two memory BIOs: one copy less on each way, and nothing is kept while idle.
@safe final class MemoryBIO {
  /// What OpenSSL has written; the session swaps the caller's array in and out.
  var outgoing: [UInt8] = []
  private var incoming = unsafe UnsafeRawBufferPointer(start: nil, count: 0)

  /// True when everything that was lent has been read.
  var isDrained: Bool { unsafe incoming.isEmpty }

  func setInput(_ bytes: UnsafeRawBufferPointer) {
    unsafe incoming = bytes
  }

  func clearInput() {
    unsafe incoming = UnsafeRawBufferPointer(start: nil, count: 0)
  }

  /// Moves bytes from what was lent; 0 when there are none left.
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
  /// The kind of BIO, made once for the whole process and never changed after that.
  nonisolated(unsafe) static let method: OpaquePointer? = {
    let method = unsafe BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "transport")
    unsafe BIO_meth_set_read(method) { bio, buffer, count in
      guard let bio = unsafe bio, let buffer = unsafe buffer, count > 0 else { return 0 }
      unsafe COpenSSL_clear_retry(bio)
      let free = unsafe UnsafeMutableRawBufferPointer(start: buffer, count: Int(count))
      let read = unsafe MemoryBIO.of(bio) { unsafe $0.read(into: free) }
      if read > 0 { return Int32(read) }
      // Nothing is left for now, which is neither an end nor an error.
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

  /// Hands over the transport that `TLSSession.init` put into the BIO.
  private static func of<Result>(_ bio: OpaquePointer, _ use: (MemoryBIO) -> Result) -> Result {
    guard let data = unsafe BIO_get_data(bio) else { preconditionFailure("a session sets its BIO's data at once") }
    // Sound: unowned here, owned by the session, which is in the middle of a call and so needs no further reference.
    return unsafe Unmanaged<MemoryBIO>.fromOpaque(data)._withUnsafeGuaranteedRef { use($0) }
  }
}
