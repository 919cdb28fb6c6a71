internal import Glibc

/// One end of a TCP connection; nothing on it ever waits.
public struct Socket: ~Copyable, Sendable {
  public let descriptor: Descriptor

  init(owning rawValue: Int32) throws(Errno) {
    descriptor = Descriptor(owning: rawValue)
    // A response is written in one piece; holding it back for more would only delay it (RFC 9293 section 3.7.4).
    try Syscalls.setOption(rawValue, level: Int32(IPPROTO_TCP), TCP_NODELAY, to: 1)
  }

  /// Receives into the buffer; 0 means that the peer will send no more.
  public func receive(into buffer: ReceiveBuffer) throws(Errno) -> Progress<Int> {
    try unsafe Syscalls.receive(descriptor.rawValue, buffer.storage)
  }

  /// Sends as much as the kernel takes now and tells how much that was.
  public func send(_ bytes: Span<UInt8>) throws(Errno) -> Progress<Int> {
    // Sound: the kernel copies out of the span before the call returns.
    try unsafe bytes.withUnsafeBytes { buffer throws(Errno) in
      try unsafe Syscalls.send(descriptor.rawValue, buffer)
    }
  }

  /// Tells the peer that nothing more will come while what it sends is still read.
  public func endSending() {
    // Where it fails there is no connection any more, and reading tells.
    try? Syscalls.endSending(descriptor.rawValue)
  }
}

/// The memory that a loop receives into: one for all its connections, since it serves them one after the other.
@safe public final class ReceiveBuffer {
  fileprivate let storage: UnsafeMutableRawBufferPointer

  public init(capacity: Int) {
    // Zeroed once, so that no byte of it is ever uninitialised.
    unsafe storage = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
    unsafe storage.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit {
    unsafe storage.deallocate()
  }

  public var capacity: Int { unsafe storage.count }

  /// Lends the first bytes.
  public func withBytes<Result>(_ count: Int, _ body: (Span<UInt8>) -> Result) -> Result {
    // Sound: the storage is initialised, belongs to this object and is not written while it is lent.
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: storage[..<count]).bindMemory(to: UInt8.self)
    return body(unsafe bytes.span)
  }
}
