internal import Glibc

/// How many descriptors the process may have open (getrlimit(2), RLIMIT_NOFILE).
package enum DescriptorLimit {
  /// Raises the limit as far as an unprivileged process may, and gives it.
  package static func raise() -> Int {
    var limit = rlimit()
    // Sound: the calls read and write nothing but the structure. Where they fail, the limit that is stays.
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
    if limit.rlim_cur < limit.rlim_max {
      let former = limit.rlim_cur
      limit.rlim_cur = limit.rlim_max
      if unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) != 0 { limit.rlim_cur = former }
    }
    return Int(clamping: limit.rlim_cur)
  }
}
