internal import CLinux
internal import Glibc

/// Reports which descriptors are readable or writable (epoll(7), level-triggered).
@safe public final class Poller {
  /// The events to report for a descriptor.
  public struct Interest: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let reading = Interest(rawValue: EPOLLIN.rawValue)
    public static let writing = Interest(rawValue: EPOLLOUT.rawValue)
    /// Wakes only one of several pollers that watch the same listening socket.
    public static let exclusive = Interest(rawValue: 1 << 28)
  }

  /// A descriptor that is ready. A failed one is readable and writable: reading or writing returns the error.
  public struct Event: Sendable {
    public let token: Token
    public let isReadable: Bool
    public let isWritable: Bool
  }

  /// The identity of a registration: a slot, and a generation that counts the uses of the slot.
  ///
  /// The kernel may report a descriptor that was closed and reopened in the same batch of events; the generation
  /// keeps such an event from the new owner of the slot.
  public struct Token: Hashable, Sendable {
    public let slot: UInt32
    public let generation: UInt32

    public init(slot: UInt32, generation: UInt32) {
      self.slot = slot
      self.generation = generation
    }
  }

  private let descriptor: Descriptor
  private let buffer: UnsafeMutableBufferPointer<epoll_event>

  /// - Parameter batch: The maximum number of events per wait; the next wait returns the others.
  public init(batch: Int) throws(Errno) {
    descriptor = Descriptor(owning: try Syscalls.makePoller())
    unsafe buffer = .allocate(capacity: batch)
    unsafe buffer.initialize(repeating: epoll_event())
  }

  deinit {
    unsafe buffer.deallocate()
  }

  public func register(_ descriptor: borrowing Descriptor, as token: Token, for interest: Interest) throws(Errno) {
    try unsafe Syscalls.control(self.descriptor.rawValue, EPOLL_CTL_ADD, descriptor.rawValue, event(token, interest))
  }

  public func change(_ descriptor: borrowing Descriptor, as token: Token, to interest: Interest) throws(Errno) {
    try unsafe Syscalls.control(self.descriptor.rawValue, EPOLL_CTL_MOD, descriptor.rawValue, event(token, interest))
  }

  public func remove(_ descriptor: borrowing Descriptor) throws(Errno) {
    try unsafe Syscalls.control(self.descriptor.rawValue, EPOLL_CTL_DEL, descriptor.rawValue, epoll_event())
  }

  // The same for descriptors that a library owns.

  public func register(unowned descriptor: Int32, as token: Token, for interest: Interest) throws(Errno) {
    try unsafe Syscalls.control(self.descriptor.rawValue, EPOLL_CTL_ADD, descriptor, event(token, interest))
  }

  public func change(unowned descriptor: Int32, as token: Token, to interest: Interest) throws(Errno) {
    try unsafe Syscalls.control(self.descriptor.rawValue, EPOLL_CTL_MOD, descriptor, event(token, interest))
  }

  public func remove(unowned descriptor: Int32) throws(Errno) {
    try unsafe Syscalls.control(self.descriptor.rawValue, EPOLL_CTL_DEL, descriptor, epoll_event())
  }

  /// Waits until a descriptor is ready and calls `handle` with each event.
  ///
  /// - Parameters:
  ///   - end: The time to return at; nil waits without limit. Rounded up to a millisecond, so never early.
  ///   - busyPollEnd: The time until which to poll without sleeping (``BusyPolling``).
  ///   - now: The caller's last reading of the clock, which is close enough.
  ///   - wake: Called once after the wait, before the first event.
  public func wait(
    until end: MonotonicInstant?, busyPollUntil busyPollEnd: MonotonicInstant? = nil, from now: MonotonicInstant = .now,
    wake: () -> Void = {},
    _ handle: (Event) -> Void
  ) throws(Errno) {
    var count = 0
    if let busyPollEnd {
      repeat { count = try events(within: 0) } while count == 0 && MonotonicInstant.now < busyPollEnd
    }
    if count == 0 {
      let nanoseconds = end.map { max(0, $0.nanoseconds - now.nanoseconds) }
      count = try events(within: nanoseconds.map { Int32(clamping: ($0 + 999_999) / 1_000_000) } ?? -1)
    }
    wake()
    for index in 0..<count {
      // Sound: the kernel filled the first `count` elements.
      let (flags, data) = unsafe (buffer[index].events, buffer[index].data.u64)
      let failed = flags & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
      handle(
        Event(
          token: Token(slot: UInt32(truncatingIfNeeded: data), generation: UInt32(data >> 32)),
          isReadable: failed || flags & EPOLLIN.rawValue != 0, isWritable: failed || flags & EPOLLOUT.rawValue != 0))
    }
  }

  /// Fills the buffer and returns the number of events.
  private func events(within milliseconds: Int32) throws(Errno) -> Int {
    try unsafe Syscalls.wait(descriptor.rawValue, buffer, milliseconds: milliseconds)
  }

  private func event(_ token: Token, _ interest: Interest) -> epoll_event {
    // Sound: only the integer of the union is ever written or read, never the pointer.
    var event = unsafe epoll_event()
    unsafe event.events = interest.rawValue
    unsafe event.data.u64 = UInt64(token.generation) << 32 | UInt64(token.slot)
    return unsafe event
  }
}

extension Duration {
  /// The duration in nanoseconds, clamped. One division; ``components`` needs two, of larger numbers.
  var nanoseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000) }
}
