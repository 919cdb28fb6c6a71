internal import Glibc

/// The system calls, one function each. Results of `-1`, errno and EINTR become values and errors here.
///
/// The kernel uses pointers only within the call, which makes every `unsafe` here sound.
enum Syscalls {
  /// Returns the time of a clock, in nanoseconds from its start.
  static func time(of clock: clockid_t) -> Int64 {
    // Cannot fail: these clocks exist on every Linux. Through the vDSO it needs no system call.
    let time = try? perform(.time(clock)) {
      var time = timespec()
      unsafe clock_gettime(clock, &time)
      return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
    return time ?? 0
  }

  /// Repeats an interrupted call; EAGAIN is no error.
  static func nonblocking(
    _ description: @autoclosure () -> SystemCall, _ call: () -> Int
  ) throws(Errno) -> IOResult<Int> {
    while true {
      do throws(Errno) {
        return .processed(try perform(description(), call))
      } catch {
        switch error {
        case .interrupted: continue
        case .wouldBlock: return .wouldBlock
        default: throw error
        }
      }
    }
  }

  /// Repeats an interrupted call.
  static func retrying(
    _ description: @autoclosure () -> SystemCall = .other, _ call: () -> Int32
  ) throws(Errno) -> Int32 {
    while true {
      do throws(Errno) {
        return try perform(description(), call)
      } catch {
        if error != .interrupted { throw error }
      }
    }
  }
}
