internal import Glibc

/// A socket that waits for connections.
public struct Listener: ~Copyable, Sendable {
  public let descriptor: Descriptor
  /// With the port that the kernel picked where 0 was asked for.
  public let address: SocketAddress

  /// What became of an attempt to accept.
  public enum AcceptResult: ~Copyable {
    case connection(Socket, from: SocketAddress)
    /// Nobody is waiting.
    case wouldBlock
    /// The process or the kernel has no room for another descriptor; accept again when one was closed.
    case descriptorsExhausted(Errno)
  }

  /// How many bytes the kernel keeps for a connection, half of what it reckons (socket(7), SO_SNDBUF and SO_RCVBUF).
  public struct Buffers: Sendable {
    /// That the peer has not taken.
    public let sending: Int32
    /// That were not read.
    public let receiving: Int32

    public init(sending: Int32, receiving: Int32) {
      (self.sending, self.receiving) = (sending, receiving)
    }
  }

  /// - Parameters:
  ///   - backlog: How many connections the kernel completes before they are accepted.
  ///   - buffers: Of each connection; nil for what the kernel likes.
  public init(on address: SocketAddress, backlog: Int32, buffers: Buffers? = nil) throws(Errno) {
    let socket = Descriptor(owning: try Syscalls.socket(address.family))
    // A restart must not wait for the last connections' TIME-WAIT to end.
    try Syscalls.setOption(socket.rawValue, level: SOL_SOCKET, SO_REUSEADDR, to: 1)
    if address.family == AF_INET6 {
      // [::] takes IPv4 too, so one --listen serves a dual-stack Pod.
      try Syscalls.setOption(socket.rawValue, level: Int32(IPPROTO_IPV6), IPV6_V6ONLY, to: 0)
    }
    // Accepted sockets inherit them; the window that peers are offered follows from them (tcp(7)).
    if let buffers {
      try Syscalls.setOption(socket.rawValue, level: SOL_SOCKET, SO_SNDBUF, to: buffers.sending)
      try Syscalls.setOption(socket.rawValue, level: SOL_SOCKET, SO_RCVBUF, to: buffers.receiving)
    }
    try Syscalls.bind(socket.rawValue, to: address)
    try Syscalls.listen(socket.rawValue, backlog: backlog)
    self.address = try Syscalls.localAddress(of: socket.rawValue)
    descriptor = socket
  }

  /// Refuses connections from now on, whoever else still holds the descriptor; calling it twice does no harm.
  public func stopListening() {
    try? Syscalls.endReceiving(descriptor.rawValue)
  }

  /// Somebody waits to be accepted; in doubt yes.
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
        // Somebody has called ``stopListening()``.
        if error == .invalidArgument { return .wouldBlock }
        if error.isResourceExhaustion { return .descriptorsExhausted(error) }
        throw error
      }
      guard case .processed(let (socket, address)) = accepted else { return .wouldBlock }
      // A connection that fails at once is its peer's trouble; the next one may be waiting.
      guard let socket = try? Socket(owning: socket) else { continue }
      return .connection(socket, from: address)
    }
  }
}
