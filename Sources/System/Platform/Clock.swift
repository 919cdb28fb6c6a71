internal import Glibc

/// A time of the monotonic clock: since boot, without the time of suspension.
public struct MonotonicInstant: Comparable, Hashable, Sendable {
  public let nanoseconds: Int64

  public init(nanoseconds: Int64) {
    self.nanoseconds = nanoseconds
  }

  public static var now: MonotonicInstant { MonotonicInstant(nanoseconds: Syscalls.time(of: CLOCK_MONOTONIC)) }

  public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }

  /// Saturates at the clock's end, in 292 years: durations also come from options.
  public static func + (left: Self, right: Duration) -> MonotonicInstant {
    let (sum, isBeyond) = left.nanoseconds.addingReportingOverflow(right.nanoseconds)
    return MonotonicInstant(nanoseconds: isBeyond ? .max : sum)
  }

  public static func - (left: Self, right: Self) -> Duration { .nanoseconds(left.nanoseconds - right.nanoseconds) }
}

/// The time of day, for logs.
public enum WallClock {
  /// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
  public static var seconds: Int64 { Syscalls.time(of: CLOCK_REALTIME) / 1_000_000_000 }

  /// The current time as `2026-11-24T04:17:01.123Z` (RFC 3339, UTC).
  public static var timestamp: String {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return timestamp(time)
  }

  /// Returns the same format for a time in seconds since 1970.
  public static func timestamp(_ seconds: Int64) -> String { timestamp(timespec(tv_sec: Int(seconds), tv_nsec: 0)) }

  private static func timestamp(_ moment: timespec) -> String {
    var time = moment
    var parts = unsafe tm()
    unsafe gmtime_r(&time.tv_sec, &parts)
    // Sound: both calls fill their arguments, and no pointer in `parts` is read.
    func digits(_ number: Int32, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    let (year, month, day) = unsafe (parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday)
    let (hour, minute, second) = unsafe (parts.tm_hour, parts.tm_min, parts.tm_sec)
    return "\(digits(year, 4))-\(digits(month, 2))-\(digits(day, 2))"
      + "T\(digits(hour, 2)):\(digits(minute, 2)):\(digits(second, 2)).\(digits(Int32(time.tv_nsec / 1_000_000), 3))Z"
  }

  /// Parses `2026-11-24T04:17:01Z`, with or without a fraction, which is ignored, or with an offset instead of Z
  /// (RFC 3339).
  public static func seconds(at text: String) -> Int64? {
    let fields = text.prefix(19).split(whereSeparator: { "-T:".contains($0) }).compactMap { Int32($0) }
    var rest = text.dropFirst(19)
    if rest.first == "." { rest = rest.dropFirst().drop { $0.isWholeNumber } }
    guard fields.count == 6, let offset = offset(rest) else { return nil }
    var parts = unsafe tm()
    unsafe (parts.tm_year, parts.tm_mon, parts.tm_mday) = (fields[0] - 1900, fields[1] - 1, fields[2])
    unsafe (parts.tm_hour, parts.tm_min, parts.tm_sec) = (fields[3], fields[4], fields[5])
    // Sound: the call only reads and writes the structure, and uses no pointer in it.
    return Int64(unsafe timegm(&parts)) - offset
  }

  /// Parses `Z`, or an offset such as `+01:00`, and returns it in seconds.
  private static func offset(_ text: Substring) -> Int64? {
    if text == "Z" || text == "z" { return 0 }
    let parts = text.dropFirst().split(separator: ":")
    guard parts.count == 2, let hours = UInt8(parts[0]), let minutes = UInt8(parts[1]) else { return nil }
    let seconds = Int64(hours) * 3600 + Int64(minutes) * 60
    switch text.first {
    case "+": return seconds
    case "-": return -seconds
    default: return nil
    }
  }
}
