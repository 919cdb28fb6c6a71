internal import Glibc

/// A listening socket.
public struct Listener: ~Copyable, Sendable {
  public let descriptor: Descriptor
  /// The address with the port that the kernel chose for port 0.
  public let address: SocketAddress

  /// The result of an attempt to accept a connection.
  public enum AcceptResult: ~Copyable {
    case connection(Socket, from: SocketAddress)
    /// No connection is pending.
    case wouldBlock
    /// The process or the kernel has no free descriptor; accept again after one is closed.
    case descriptorsExhausted(Errno)
  }

  /// The kernel buffers of a connection in bytes, half of the kernel's own accounting (socket(7), SO_SNDBUF,
  /// SO_RCVBUF).
  public struct Buffers: Sendable {
    /// Bytes that the peer has not acknowledged.
    public let sending: Int32
    /// Bytes that the process has not read.
    public let receiving: Int32

    public init(sending: Int32, receiving: Int32) {
      (self.sending, self.receiving) = (sending, receiving)
    }
  }

  /// - Parameters:
  ///   - backlog: The maximum number of connections that the kernel completes before they are accepted.
  ///   - buffers: The buffers of each connection; nil for the kernel's default.
  public init(on address: SocketAddress, backlog: Int32, buffers: Buffers? = nil) throws(Errno) {
    let socket = Descriptor(owning: try Syscalls.socket(address.family))
    // A restart must not wait for the TIME-WAIT of earlier connections.
    try Syscalls.setOption(socket.rawValue, level: SOL_SOCKET, SO_REUSEADDR, to: 1)
    if address.family == AF_INET6 {
      // [::] accepts IPv4 too, so one --listen serves a dual-stack Pod.
      try Syscalls.setOption(socket.rawValue, level: Int32(IPPROTO_IPV6), IPV6_V6ONLY, to: 0)
    }
    // Accepted sockets inherit the buffers, which also determine the TCP window (tcp(7)).
    if let buffers {
      try Syscalls.setOption(socket.rawValue, level: SOL_SOCKET, SO_SNDBUF, to: buffers.sending)
      try Syscalls.setOption(socket.rawValue, level: SOL_SOCKET, SO_RCVBUF, to: buffers.receiving)
    }
    try Syscalls.bind(socket.rawValue, to: address)
    try Syscalls.listen(socket.rawValue, backlog: backlog)
    self.address = try Syscalls.localAddress(of: socket.rawValue)
    descriptor = socket
  }

  /// Rejects connections from now on, also for duplicates of the descriptor. Repeated calls have no effect.
  public func stopListening() {
    try? Syscalls.endReceiving(descriptor.rawValue)
  }

  /// Whether a connection is pending; true in doubt.
  public var hasPendingConnection: Bool {
    (try? Syscalls.waitUntilReadable(descriptor.rawValue, milliseconds: 0)) ?? true
  }

  public func accept() throws(Errno) -> AcceptResult {
    while true {
      let accepted: IOResult<(Int32, SocketAddress)>
      do throws(Errno) {
        accepted = try Syscalls.accept(descriptor.rawValue)
      } catch {
        if error.isPerConnection { continue }
        // The result after ``stopListening()``.
        if error == .invalidArgument { return .wouldBlock }
        if error.isResourceExhaustion { return .descriptorsExhausted(error) }
        throw error
      }
      guard case .processed(let (socket, address)) = accepted else { return .wouldBlock }
      // Skips a connection that has failed already; another one may be pending.
      guard let socket = try? Socket(owning: socket) else { continue }
      return .connection(socket, from: address)
    }
  }
}
