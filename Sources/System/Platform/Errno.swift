internal import Glibc

/// The kernel's error of a system call (errno(3)).
public struct Errno: Error, RawRepresentable, Hashable, Sendable {
  public let rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  static let wouldBlock = Errno(rawValue: EAGAIN)
  static let invalidArgument = Errno(rawValue: EINVAL)
  static let interrupted = Errno(rawValue: EINTR)
  public static let noSuchFile = Errno(rawValue: ENOENT)
  /// From inotify_init(2) it may mean another limit.
  public static let tooManyOpenFiles = Errno(rawValue: EMFILE)
  /// From inotify_add_watch(2) it means a limit of watches, not a full disk.
  static let noSpace = Errno(rawValue: ENOSPC)
  public static let addressInUse = Errno(rawValue: EADDRINUSE)
  public static let addressNotAvailable = Errno(rawValue: EADDRNOTAVAIL)
  public static let permissionDenied = Errno(rawValue: EACCES)
}

// Errors of accept(2).
extension Errno {
  /// Whether the pending connection has failed, or its network: Linux reports this once per connection.
  var isPerConnection: Bool {
    [
      ECONNABORTED, EPERM, EPROTO, ENOPROTOOPT, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ENONET, EOPNOTSUPP,
    ].contains(rawValue)
  }

  /// Whether the process or the kernel has no free descriptor.
  var isResourceExhaustion: Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(rawValue) }
}

extension Errno: CustomStringConvertible {
  /// The kernel's text, such as `Permission denied`, and the setting of a limit.
  public var description: String {
    self == .tooManyOpenFiles ? "\(words) (ulimit -n)" : words
  }

  private var words: String {
    // Sound: strerror returns a zero-terminated text; glibc's is thread-local.
    unsafe strerror(rawValue).map { unsafe String(cString: $0) } ?? "error \(rawValue)"
  }
}

/// The result of an operation that may block.
public enum IOResult<Value> {
  case processed(Value)
  /// The operation would block; try again when the poller reports the descriptor.
  case wouldBlock
}
