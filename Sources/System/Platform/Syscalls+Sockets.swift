internal import CLinux
internal import Glibc

extension Syscalls {
  static func receive(_ socket: Int32, _ buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> IOResult<Int> {
    try nonblocking(unsafe .receive(socket, buffer)) { unsafe clinux_receive(socket, buffer.baseAddress, buffer.count) }
  }

  static func send(_ socket: Int32, _ buffer: UnsafeRawBufferPointer) throws(Errno) -> IOResult<Int> {
    // A closed connection must be an error here, not a signal for the whole process.
    try nonblocking(unsafe .send(socket, buffer)) {
      unsafe clinux_send(socket, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
    }
  }

  static func endSending(_ socket: Int32) throws(Errno) {
    _ = try retrying(.endSending(socket)) { shutdown(socket, Int32(SHUT_WR)) }
  }

  /// Shuts down a listening socket for reading: Linux then rejects connections.
  static func endReceiving(_ socket: Int32) throws(Errno) {
    _ = try retrying(.endReceiving(socket)) { shutdown(socket, Int32(SHUT_RD)) }
  }

  static func accept(_ listener: Int32) throws(Errno) -> IOResult<(Int32, SocketAddress)> {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let result = try nonblocking(.accept(listener)) { Int(unsafe clinux_accept(listener, &storage, &length)) }
    guard case .processed(let descriptor) = result else { return .wouldBlock }
    return .processed((Int32(descriptor), SocketAddress(storage)))
  }

  static func socket(_ family: Int32) throws(Errno) -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    return try retrying(.socket) { Glibc.socket(family, type, 0) }
  }

  static func setOption(_ socket: Int32, level: Int32, _ name: Int32, to value: Int32) throws(Errno) {
    var value = value
    _ = try retrying(.setOption(socket)) {
      unsafe setsockopt(socket, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  static func bind(_ socket: Int32, to address: SocketAddress) throws(Errno) {
    _ = try retrying(.bind(socket)) {
      unsafe address.withSocketAddress { unsafe Glibc.bind(socket, $0, $1) }
    }
  }

  static func listen(_ socket: Int32, backlog: Int32) throws(Errno) {
    _ = try retrying(.listen(socket)) { Glibc.listen(socket, backlog) }
  }

  static func localAddress(of socket: Int32) throws(Errno) -> SocketAddress {
    var storage = sockaddr_storage()
    var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
    _ = try retrying(.localAddress(socket)) {
      unsafe withUnsafeMutablePointer(to: &storage) { storage in
        unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe getsockname(socket, $0, &length) }
      }
    }
    return SocketAddress(storage)
  }
}
