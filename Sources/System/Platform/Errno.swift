internal import Glibc

/// Why the kernel refused a system call (errno(3)).
public struct Errno: Error, RawRepresentable, Hashable, Sendable {
  public let rawValue: Int32

  public init(rawValue: Int32) {
    self.rawValue = rawValue
  }

  static let wouldBlock = Errno(rawValue: EAGAIN)
  static let invalidArgument = Errno(rawValue: EINVAL)
  static let interrupted = Errno(rawValue: EINTR)
  public static let noSuchFile = Errno(rawValue: ENOENT)
  /// Of inotify_init(2) it may mean another limit.
  public static let tooManyOpenFiles = Errno(rawValue: EMFILE)
  /// Of inotify_add_watch(2) it means a limit of watches, not a full disk.
  static let noSpace = Errno(rawValue: ENOSPC)
  public static let addressInUse = Errno(rawValue: EADDRINUSE)
  public static let addressNotAvailable = Errno(rawValue: EADDRNOTAVAIL)
  public static let permissionDenied = Errno(rawValue: EACCES)
}

// What accept(2) tells.
extension Errno {
  /// The connection that was to be accepted is gone, or its network is; Linux tells so here, once for each.
  var isPerConnection: Bool {
    [
      ECONNABORTED, EPERM, EPROTO, ENOPROTOOPT, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ENONET, EOPNOTSUPP,
    ].contains(rawValue)
  }

  /// The process or the kernel has no room for another descriptor.
  var isResourceExhaustion: Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(rawValue) }
}

extension Errno: CustomStringConvertible {
  /// The kernel's own words, such as `Permission denied`; where it was a limit that somebody set, also which.
  public var description: String {
    self == .tooManyOpenFiles ? "\(words) (ulimit -n)" : words
  }

  private var words: String {
    // Sound: strerror gives a text that ends with a zero byte; glibc's is thread-local.
    unsafe strerror(rawValue).map { unsafe String(cString: $0) } ?? "error \(rawValue)"
  }
}

/// What came of a step that may have to wait.
public enum IOResult<Value> {
  case processed(Value)
  /// The kernel would have to wait; ask again when the poller says so.
  case wouldBlock
}
