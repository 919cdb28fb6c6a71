internal import Glibc

/// One end of a TCP connection; no operation blocks.
public struct Socket: ~Copyable, Sendable {
  public let descriptor: Descriptor

  init(owning rawValue: Int32) throws(Errno) {
    descriptor = Descriptor(owning: rawValue)
    // A response is written at once; delaying it for more data would only add latency (RFC 9293 section 3.7.4).
    try Syscalls.setOption(rawValue, level: Int32(IPPROTO_TCP), TCP_NODELAY, to: 1)
  }

  /// Receives at most one chunk and returns its range in the buffer; an empty range means that the peer has stopped
  /// sending.
  ///
  /// - Precondition: The buffer has a free chunk.
  public func receive(into buffer: ReceiveBuffer) throws(Errno) -> IOResult<Range<Int>> {
    guard case .processed(let count) = try unsafe Syscalls.receive(descriptor.rawValue, buffer.nextChunk) else {
      return .wouldBlock
    }
    return .processed(buffer.commit(count))
  }

  /// Sends what the kernel accepts without blocking and returns the number of bytes.
  public func send(_ bytes: Span<UInt8>) throws(Errno) -> IOResult<Int> {
    // Sound: the kernel copies from the span before the call returns.
    try unsafe bytes.withUnsafeBytes { buffer throws(Errno) in
      try unsafe Syscalls.send(descriptor.rawValue, buffer)
    }
  }

  /// Ends the sending direction; the peer's data is still received.
  public func endSending() {
    // Fails only without a connection, which reading reports.
    try? Syscalls.endSending(descriptor.rawValue)
  }
}

/// The receive memory of an event loop: the bytes of all connections one after the other, until the loop has processed
/// them and clears it.
@safe public final class ReceiveBuffer {
  private let storage: UnsafeMutableRawBufferPointer
  /// The maximum bytes of one receive.
  private let chunkSize: Int
  private var used = 0

  public init(chunkSize: Int, chunks: Int) {
    self.chunkSize = chunkSize
    // Zeroed, so that no byte is ever uninitialised; by calloc, so that unused pages take no memory.
    guard let memory = unsafe calloc(chunks, chunkSize) else {
      preconditionFailure("calloc fails here only without memory")
    }
    unsafe storage = UnsafeMutableRawBufferPointer(start: memory, count: chunkSize * chunks)
  }

  deinit {
    unsafe free(storage.baseAddress)
  }

  /// Whether one more chunk fits.
  public var hasFreeChunk: Bool { unsafe storage.count - used >= chunkSize }

  /// Discards all received bytes.
  public func clear() { used = 0 }

  fileprivate var nextChunk: UnsafeMutableRawBufferPointer {
    precondition(hasFreeChunk)
    return unsafe UnsafeMutableRawBufferPointer(rebasing: storage[used..<used + chunkSize])
  }

  fileprivate func commit(_ count: Int) -> Range<Int> {
    defer { used += count }
    return used..<used + count
  }

  /// Calls `body` with received bytes.
  ///
  /// - Precondition: The range is the result of a receive since the last ``clear()``; only its end is checked.
  public func withBytes<Result>(_ range: Range<Int>, _ body: (Span<UInt8>) -> Result) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= used, "the range must be within the received bytes")
    // Sound: the storage is initialised, owned by this object and not written during the call.
    let bytes = unsafe UnsafeRawBufferPointer(rebasing: storage[range]).bindMemory(to: UInt8.self)
    return body(unsafe bytes.span)
  }
}
