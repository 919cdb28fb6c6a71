internal import CLinux
internal import Glibc

// epoll, and the descriptors that it polls besides sockets: eventfd, signalfd, inotify.
extension Syscalls {
  static func makePoller() throws(Errno) -> Int32 {
    try retrying(.makePoller) { epoll_create1(Int32(EPOLL_CLOEXEC)) }
  }

  static func control(_ poller: Int32, _ operation: Int32, _ descriptor: Int32, _ event: epoll_event) throws(Errno) {
    var event = unsafe event
    _ = try unsafe withUnsafeMutablePointer(to: &event) { event throws(Errno) in
      try retrying(unsafe .control(poller: poller, operation: operation, descriptor, event)) {
        unsafe epoll_ctl(poller, operation, descriptor, event)
      }
    }
  }

  /// Waits for events; an interruption returns none, so that the caller checks its deadlines again.
  static func wait(
    _ poller: Int32, _ events: UnsafeMutableBufferPointer<epoll_event>, milliseconds: Int32
  ) throws(Errno) -> Int {
    do throws(Errno) {
      return Int(
        try perform(unsafe .wait(poller: poller, events, milliseconds: milliseconds)) {
          unsafe epoll_wait(poller, events.baseAddress, Int32(events.count), milliseconds)
        })
    } catch {
      if error == .interrupted { return 0 }
      throw error
    }
  }

  static func makeEvent() throws(Errno) -> Int32 {
    try retrying(.makeEvent) { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) }
  }

  static func makeSignalDescriptor(_ signals: sigset_t) throws(Errno) -> Int32 {
    var signals = signals
    return try retrying(.makeSignalDescriptor) { unsafe signalfd(-1, &signals, Int32(SFD_CLOEXEC | SFD_NONBLOCK)) }
  }

  static func makeWatcher() throws(Errno) -> Int32 {
    try retrying(.makeWatcher) { inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK)) }
  }

  static func watch(_ watcher: Int32, _ path: String, _ events: UInt32) throws(Errno) -> Int32 {
    try retrying(.watch(watcher, path)) { unsafe inotify_add_watch(watcher, path, events) }
  }
}
