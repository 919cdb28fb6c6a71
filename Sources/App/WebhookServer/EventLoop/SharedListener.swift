internal import Platform

/// A listening socket that every event loop accepts from; the kernel wakes one that is idle (EPOLLEXCLUSIVE).
final class SharedListener: Sendable {
  let listener: Listener

  init(on address: SocketAddress) throws(Errno) {
    listener = try Listener(on: address, backlog: ServerLimits.backlog, buffers: ServerLimits.socketBuffers)
  }
}
