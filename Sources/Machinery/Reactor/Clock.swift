internal import Glibc

/// A moment of a clock that never jumps: time since the machine started, without the time it slept.
package struct Moment: Comparable, Hashable, Sendable {
  package let nanoseconds: Int64

  package init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  package static var now: Moment {
    var time = timespec()
    // Cannot fail: the clock exists on every Linux. Through the vDSO it costs no system call.
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Moment(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
  }

  package static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }
  package static func + (left: Self, right: Duration) -> Moment {
    Moment(nanoseconds: left.nanoseconds + right.nanoseconds)
  }
  package static func - (left: Self, right: Self) -> Duration { .nanoseconds(left.nanoseconds - right.nanoseconds) }
}

/// The time of day, for logs.
package enum WallClock {
  /// Seconds since 1970-01-01T00:00:00Z, leap seconds not counted.
  package static var seconds: Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec)
  }

  /// Such as `2026-11-24T04:17:01.123Z` (RFC 3339, UTC).
  package static var timestamp: String {
    var time = timespec()
    var parts = unsafe tm()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    unsafe gmtime_r(&time.tv_sec, &parts)
    // Sound: both calls fill what they are given, and `parts` holds no pointer that is read.
    func digits(_ number: Int32, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let (year, month, day) = unsafe (parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday)
    let (hour, minute, second) = unsafe (parts.tm_hour, parts.tm_min, parts.tm_sec)
    return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
      + "T\(digits(hour, 2)):\(digits(minute, 2)):\(digits(second, 2)).\(digits(Int32(time.tv_nsec / 1_000_000), 3))Z"
  }
}
