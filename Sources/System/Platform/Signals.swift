internal import CLinux
internal import Glibc

/// Signals as a descriptor that an event loop can poll (signalfd(2)).
public struct Signals: ~Copyable, Sendable {
  public enum Signal: Sendable {
    /// SIGTERM: Kubernetes stops the process.
    case terminate
    /// SIGINT: Ctrl-C.
    case interrupt
  }

  public let descriptor: Descriptor

  /// Blocks the signals in the calling thread and all threads it starts later, so that only this descriptor receives
  /// them.
  public init() throws(Errno) {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    unsafe sigaddset(&set, SIGTERM)
    unsafe sigaddset(&set, SIGINT)
    unsafe pthread_sigmask(SIG_BLOCK, &set, nil)
    // Sockets send with MSG_NOSIGNAL; this is for standard output to a closed pipe.
    Self.ignoreBrokenPipes()
    descriptor = Descriptor(owning: try Syscalls.makeSignalDescriptor(set))
  }

  /// Ignores SIGPIPE, so that writing to a closed pipe is an error and not a signal.
  public static func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
  }

  /// Returns the next pending signal, if any.
  public func next() throws(Errno) -> Signal? {
    guard case .processed(let bytes) = try descriptor.read(atMost: MemoryLayout<signalfd_siginfo>.size) else {
      return nil
    }
    // The number is the first field of signalfd_siginfo, 32 bits in native byte order.
    let number = bytes.prefix(4).reversed().reduce(0) { $0 << 8 | Int32($1) }
    return number == SIGINT ? .interrupt : .terminate
  }
}
