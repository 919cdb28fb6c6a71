internal import Glibc

/// One end of a TCP connection; nothing on it ever waits.
public struct Socket: ~Copyable, Sendable {
  public let descriptor: Descriptor

  init(owning rawValue: Int32) throws(Errno) {
    descriptor = Descriptor(owning: rawValue)
    // A response is written in one piece; holding it back for more would only delay it (RFC 9293 section 3.7.4).
    try Syscalls.setOption(rawValue, level: Int32(IPPROTO_TCP), TCP_NODELAY, to: 1)
  }

  /// Receives what is there, at most a portion, and tells where in the buffer it lies; an empty range means that the
  /// peer will send no more.
  ///
  /// - Precondition: The buffer has room for a portion.
  public func receive(into buffer: ReceiveBuffer) throws(Errno) -> IOResult<Range<Int>> {
    guard case .processed(let count) = try unsafe Syscalls.receive(descriptor.rawValue, buffer.nextChunk) else {
      return .wouldBlock
    }
    return .processed(buffer.commit(count))
  }

  /// Sends as much as the kernel takes now and tells how much that was.
  public func send(_ bytes: Span<UInt8>) throws(Errno) -> IOResult<Int> {
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

/// The memory that a loop receives into: what came for one connection lies behind what came for the one before, until
/// all of it has been read.
@safe public final class ReceiveBuffer {
  private let storage: UnsafeMutableRawBufferPointer
  /// The most that one receive takes.
  private let chunkSize: Int
  private var used = 0

  public init(chunkSize: Int, chunks: Int) {
    self.chunkSize = chunkSize
    // Zeroed, so that no byte of it is ever uninitialised; by the kernel, so that what is never used takes no memory.
    guard let memory = unsafe calloc(chunks, chunkSize) else { preconditionFailure("there is no memory to begin with") }
    unsafe storage = UnsafeMutableRawBufferPointer(start: memory, count: chunkSize * chunks)
  }

  deinit {
    unsafe free(storage.baseAddress)
  }

  /// Whether one more portion fits.
  public var hasFreeChunk: Bool { unsafe storage.count - used >= chunkSize }

  /// Forgets what was received.
  public func clear() { used = 0 }

  fileprivate var nextChunk: UnsafeMutableRawBufferPointer {
    precondition(hasFreeChunk)
    return unsafe UnsafeMutableRawBufferPointer(rebasing: storage[used..<used + chunkSize])
  }

  fileprivate func commit(_ count: Int) -> Range<Int> {
    defer { used += count }
    return used..<used + count
  }

  /// Lends what was received.
  ///
  /// - Precondition: The range is what a receive told since the buffer was cleared the last time; only its end is checked.
  public func withBytes<Result>(_ range: Range<Int>, _ body: (Span<UInt8>) -> Result) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= used, "nobody received this")
    // Sound: the storage is initialised, belongs to this object and is not written while it is lent.
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: storage[range]).bindMemory(to: UInt8.self)
    return body(unsafe bytes.span)
  }
}
