internal import Glibc

/// How many descriptors the process may have open (getrlimit(2), RLIMIT_NOFILE).
public enum DescriptorLimit {
  /// Nil where the kernel does not say.
  static var current: Int? { limits.map { Int(clamping: $0.rlim_cur) } }

  /// Raises the limit as far as an unprivileged process may, and gives it.
  public static func raise() -> Int {
    // What Linux gives a process unless told otherwise.
    guard var limit = limits else { return 1024 }
    let former = limit.rlim_cur
    limit.rlim_cur = limit.rlim_max
    // Sound: the call reads nothing but the structure. Where it fails, the limit that is stays.
    if unsafe former < limit.rlim_max && setrlimit(resource, &limit) != 0 { limit.rlim_cur = former }
    return Int(clamping: limit.rlim_cur)
  }

  private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)

  private static var limits: rlimit? {
    var limit = rlimit()
    // Sound: the call writes nothing but the structure.
    return unsafe getrlimit(resource, &limit) == 0 ? limit : nil
  }
}
