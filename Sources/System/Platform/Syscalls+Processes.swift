internal import CLinux
internal import Glibc

// Other processes.
extension Syscalls {
  static func pipe() throws(Errno) -> (reading: Int32, writing: Int32) {
    var ends: (Int32, Int32) = (-1, -1)
    _ = try retrying {
      unsafe withUnsafeMutableBytes(of: &ends) {
        unsafe clinux_pipe($0.baseAddress?.assumingMemoryBound(to: Int32.self))
      }
    }
    return (ends.0, ends.1)
  }

  /// Starts a program with an empty standard input, its standard output into a descriptor, and no signal blocked.
  static func spawn(
    _ command: String, _ arguments: [String], _ environment: [String], output: Int32
  ) throws(Errno) -> Int32 {
    let arguments = unsafe arguments.map { unsafe strdup($0) } + [nil]
    let environment = unsafe environment.map { unsafe strdup($0) } + [nil]
    // Sound: strdup allocated each of them, and the call has returned when they are freed.
    defer { unsafe (arguments + environment).forEach { unsafe free($0) } }
    var child: pid_t = 0
    // posix_spawn returns its error, and does not set errno.
    let result = unsafe clinux_spawn(&child, command, arguments, environment, output)
    guard result == 0 else { throw Errno(rawValue: result) }
    return child
  }

  static func kill(_ child: Int32) {
    _ = Glibc.kill(child, SIGKILL)
  }

  static func waitForEnd(of child: Int32) throws(Errno) -> Int32 {
    var status: Int32 = 0
    _ = try retrying { unsafe waitpid(child, &status, 0) }
    return status
  }
}
