internal import Glibc

/// Wakes an event loop from another thread (eventfd(2)).
public struct Wakeup: ~Copyable, Sendable {
  public let descriptor: Descriptor

  public init() throws(Errno) {
    descriptor = Descriptor(owning: try Syscalls.makeEvent())
  }

  /// Makes the descriptor readable; several calls before ``clear()`` count as one.
  public func wake() {
    let one: UInt64 = 1
    // Sound: eventfd reads exactly these eight bytes. It fails only if the counter is full, and then it is readable.
    unsafe withUnsafeBytes(of: one) { _ = try? unsafe Syscalls.write(descriptor.rawValue, $0) }
  }

  /// Makes the descriptor unreadable until the next call of ``wake()``.
  public func clear() {
    _ = try? descriptor.read(atMost: 8)
  }
}
