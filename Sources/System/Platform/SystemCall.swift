internal import CLinux
internal import Glibc

/// A system call as tests see it: its name, and of its arguments those that somebody in the kernel's place needs.
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

  /// What somebody in the kernel's place answers.
  enum Interception {
    /// The kernel itself shall be asked.
    case kernel
    case result(Int)
    case failure(Errno)
  }
}

extension Syscalls {
  #if DEBUG
    /// Who answers in the kernel's place: nobody, unless a test puts somebody there for the extent of a scope.
    ///
    /// Every call of this thread is shown to it, which is how tests fail the n-th one or make up a whole network.
    @TaskLocal static var interceptor: (@Sendable (SystemCall) -> SystemCall.Interception)?
  #endif

  /// Makes a call, or in a test asks whoever stands in. A release build has nothing here but the call.
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
    // errno is read at once: anything in between, a release of an object even, could change it.
    if result == -1 { throw Errno(rawValue: errno) }
    return result
  }
}
