internal import CLinux
internal import Glibc

/// The system calls, one function each. Results of `-1`, errno and EINTR become values and errors here.
///
/// The kernel uses pointers only within the call, which makes every `unsafe` here sound.
enum Syscalls {
  static func close(_ descriptor: Int32) {
    // Linux has freed the descriptor even if it reports an error (close(2), NOTES), so there is nothing to retry.
    _ = try? perform(.close(descriptor)) { Glibc.close(descriptor) }
  }

  static func read(_ descriptor: Int32, _ buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> IOResult<Int> {
    try progress(unsafe .read(descriptor, buffer)) { unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count) }
  }

  static func write(_ descriptor: Int32, _ buffer: UnsafeRawBufferPointer) throws(Errno) -> IOResult<Int> {
    try progress(unsafe .write(descriptor, buffer)) { unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count) }
  }

  /// Writes all bytes to a file, terminal or pipe, and waits as needed.
  static func writeWhole(_ descriptor: Int32, _ bytes: [UInt8]) throws(Errno) {
    var rest = bytes[...]
    try writeAll(&rest, to: descriptor)
  }

  /// Writes all bytes; after an error `rest` has the unwritten ones.
  static func writeAll(_ rest: inout ArraySlice<UInt8>, to descriptor: Int32) throws(Errno) {
    while !rest.isEmpty {
      let written = unsafe rest.withUnsafeBytes { buffer in
        Result { () throws(Errno) in try unsafe write(descriptor, buffer) }
      }
      switch try written.get() {
      case .processed(let count): rest = rest.dropFirst(count)
      case .wouldBlock: _ = try waitUntilWritable(descriptor, milliseconds: -1)
      }
    }
  }

  /// Waits until the descriptor is writable; returns false after the timeout. Standard streams need this, because
  /// another process that shares them may have set O_NONBLOCK.
  static func waitUntilWritable(_ descriptor: Int32, milliseconds: Int32) throws(Errno) -> Bool {
    try wait(for: POLLOUT, of: descriptor, milliseconds)
  }

  static func waitUntilReadable(_ descriptor: Int32, milliseconds: Int32) throws(Errno) -> Bool {
    try wait(for: POLLIN, of: descriptor, milliseconds)
  }

  /// Waits without a poller, which would need a descriptor.
  private static func wait(for event: Int32, of descriptor: Int32, _ milliseconds: Int32) throws(Errno) -> Bool {
    var wanted = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    return try value(.poll(descriptor)) { unsafe poll(&wanted, 1, milliseconds) } > 0
  }

  static func receive(_ socket: Int32, _ buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> IOResult<Int> {
    try progress(unsafe .receive(socket, buffer)) { unsafe clinux_receive(socket, buffer.baseAddress, buffer.count) }
  }

  static func send(_ socket: Int32, _ buffer: UnsafeRawBufferPointer) throws(Errno) -> IOResult<Int> {
    // A closed connection must be an error here, not a signal for the whole process.
    try progress(unsafe .send(socket, buffer)) {
      unsafe clinux_send(socket, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
    }
  }

  static func endSending(_ socket: Int32) throws(Errno) {
    _ = try value(.endSending(socket)) { shutdown(socket, Int32(SHUT_WR)) }
  }

  /// Shuts down a listening socket for reading: Linux then rejects connections.
  static func endReceiving(_ socket: Int32) throws(Errno) {
    _ = try value(.endReceiving(socket)) { shutdown(socket, Int32(SHUT_RD)) }
  }

  static func accept(_ listener: Int32) throws(Errno) -> IOResult<(Int32, SocketAddress)> {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = try progress(.accept(listener)) { Int(unsafe clinux_accept(listener, &storage, &length)) }
    guard case .processed(let descriptor) = result else { return .wouldBlock }
    return .processed((Int32(descriptor), SocketAddress(storage)))
  }

  static func socket(_ family: Int32) throws(Errno) -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    return try value(.socket) { Glibc.socket(family, type, 0) }
  }

  static func setOption(_ socket: Int32, level: Int32, _ name: Int32, to value: Int32) throws(Errno) {
    var value = value
    _ = try self.value(.setOption(socket)) {
      unsafe setsockopt(socket, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  static func bind(_ socket: Int32, to address: SocketAddress) throws(Errno) {
    _ = try value(.bind(socket)) {
      unsafe address.withSocketAddress { unsafe Glibc.bind(socket, $0, $1) }
    }
  }

  static func listen(_ socket: Int32, backlog: Int32) throws(Errno) {
    _ = try value(.listen(socket)) { Glibc.listen(socket, backlog) }
  }

  static func localAddress(of socket: Int32) throws(Errno) -> SocketAddress {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    _ = try value(.localAddress(socket)) {
      unsafe withUnsafeMutablePointer(to: &storage) { storage in
        unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(socket, $0, &length) }
      }
    }
    return SocketAddress(storage)
  }

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

  /// Opens a file; a new one has the permissions that the umask allows.
  static func open(_ path: String, flags: Int32) throws(Errno) -> Int32 {
    try value(.open(path)) { unsafe Glibc.open(path, flags | O_CLOEXEC, 0o666) }
  }

  static func duplicate(_ descriptor: Int32) throws(Errno) -> Int32 {
    try value(.duplicate(descriptor)) { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
  }

  static func status(of descriptor: Int32) throws(Errno) -> stat {
    var status = stat()
    _ = try value(.status) { unsafe fstat(descriptor, &status) }
    return status
  }

  /// Returns the names in a folder, in the order of the file system.
  static func names(in folder: String) throws(Errno) -> [String] {
    var stream: OpaquePointer?
    _ = try value(.openFolder(folder)) {
      unsafe stream = opendir(folder)
      return unsafe stream == nil ? -1 : 0
    }
    guard let stream = unsafe stream else { preconditionFailure("a folder that was opened has a stream") }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let name = try unsafe nextName(in: stream) {
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  private static func nextName(in stream: OpaquePointer) throws(Errno) -> String? {
    var entry: UnsafeMutablePointer<dirent>?
    _ = try value(.nextEntry) {
      // Only errno distinguishes the end from an error (readdir(3)).
      errno = 0
      unsafe entry = readdir(stream)
      return unsafe entry == nil && errno != 0 ? -1 : 0
    }
    guard let entry = unsafe entry, let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return nil }
    // Sound: an entry is valid until the next readdir, and its zero-terminated name is copied before. Not through the
    // field: an entry is shorter than its type, and the field would be copied whole.
    return unsafe String(cString: UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self))
  }

  static func makePoller() throws(Errno) -> Int32 {
    try value(.makePoller) { epoll_create1(Int32(EPOLL_CLOEXEC)) }
  }

  static func control(_ poller: Int32, _ operation: Int32, _ descriptor: Int32, _ event: epoll_event) throws(Errno) {
    var event = unsafe event
    _ = try unsafe withUnsafeMutablePointer(to: &event) { event throws(Errno) in
      try value(unsafe .control(poller: poller, operation: operation, descriptor, event)) {
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
    try value(.makeEvent) { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) }
  }

  static func makeSignalDescriptor(_ signals: sigset_t) throws(Errno) -> Int32 {
    var signals = signals
    return try value(.makeSignalDescriptor) { unsafe signalfd(-1, &signals, Int32(SFD_CLOEXEC | SFD_NONBLOCK)) }
  }

  static func makeWatcher() throws(Errno) -> Int32 {
    try value(.makeWatcher) { inotify_init1(Int32(IN_CLOEXEC | IN_NONBLOCK)) }
  }

  static func watch(_ watcher: Int32, _ path: String, _ events: UInt32) throws(Errno) -> Int32 {
    try value(.watch(watcher, path)) { unsafe inotify_add_watch(watcher, path, events) }
  }
}

// Other processes.
extension Syscalls {
  static func pipe() throws(Errno) -> (reading: Int32, writing: Int32) {
    var ends: (Int32, Int32) = (-1, -1)
    _ = try value {
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
    _ = try value { unsafe waitpid(child, &status, 0) }
    return status
  }
}

// Results as values and errors.
extension Syscalls {
  /// Repeats an interrupted call; EAGAIN is no error.
  private static func progress(
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
  private static func value(
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
