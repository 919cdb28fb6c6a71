internal import CLinux
internal import Glibc

/// A system call for an interceptor in tests: its name and the arguments that a fake kernel needs.
///
/// The pointers are valid during the call.
@safe enum SystemCall {
  case time(clockid_t)
  case close(Int32)
  case read(Int32, UnsafeMutableRawBufferPointer)
  case write(Int32, UnsafeRawBufferPointer)
  case receive(Int32, UnsafeMutableRawBufferPointer)
  case send(Int32, UnsafeRawBufferPointer)
  case endSending(Int32)
  case endReceiving(Int32)
  case accept(Int32)
  case socket
  case setOption(Int32)
  case bind(Int32)
  case listen(Int32)
  case localAddress(Int32)
  case open(String)
  case openFolder(String)
  case nextEntry
  case duplicate(Int32)
  case status
  case makePoller
  case control(poller: Int32, operation: Int32, Int32, UnsafeMutablePointer<epoll_event>)
  case wait(poller: Int32, UnsafeMutableBufferPointer<epoll_event>, milliseconds: Int32)
  case poll(Int32)
  case makeEvent
  case makeSignalDescriptor
  case makeWatcher
  case watch(Int32, String)
  case other

  /// The result of an interceptor.
  enum Interception {
    /// Perform the real call.
    case kernel
    case result(Int)
    case failure(Errno)
  }
}

extension Syscalls {
  #if DEBUG
    /// The interceptor of this thread's system calls, set by a test for a scope.
    ///
    /// It receives every call, so that a test can fail the n-th one or simulate a whole network.
    @TaskLocal static var interceptor: (@Sendable (SystemCall) -> SystemCall.Interception)?
  #endif

  /// Performs a call, or in a test asks the interceptor. A release build contains only the call.
  @inline(__always)
  static func perform<Result: FixedWidthInteger>(
    _ description: @autoclosure () -> SystemCall, _ call: () -> Result
  ) throws(Errno) -> Result {
    #if DEBUG
      if let interceptor {
        switch interceptor(description()) {
        case .kernel: break
        case .result(let value): return Result(value)
        case .failure(let error): throw error
        }
      }
    #endif
    let result = call()
    // errno is read at once: any code in between, even the release of an object, could change it.
    if result == -1 { throw Errno(rawValue: errno) }
    return result
  }
}
