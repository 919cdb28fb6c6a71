internal import Glibc

/// The maximum number of open descriptors (getrlimit(2), RLIMIT_NOFILE).
public enum DescriptorLimit {
  /// Nil if the kernel does not report it.
  static var current: Int? { limits.map { Int(clamping: $0.rlim_cur) } }

  /// Raises the limit as far as an unprivileged process may, and returns it.
  public static func raise() -> Int {
    // Linux's default.
    guard var limit = limits else { return 1024 }
    let former = limit.rlim_cur
    limit.rlim_cur = limit.rlim_max
    // Sound: the call only reads the structure. After an error the old limit remains.
    if unsafe former < limit.rlim_max && setrlimit(resource, &limit) != 0 { limit.rlim_cur = former }
    return Int(clamping: limit.rlim_cur)
  }

  private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

  private static var limits: rlimit? {
    var limit = rlimit()
    // Sound: the call only writes the structure.
    return unsafe getrlimit(resource, &limit) == 0 ? limit : nil
  }
}
