internal import Platform
internal import Synchronization
internal import TLSWire

/// A listening socket that several event loops accept from: a free one takes the next connection.
final class SharedListener: Sendable {
  let listener: Listener

  init(on address: SocketAddress) throws(Errno) {
    listener = try Listener(on: address, backlog: ServerLimits.backlog, buffers: ServerLimits.socketBuffers)
  }
}

/// The TLS context for new connections; a renewed certificate replaces it.
final class TLSContextStore: Sendable {
  private let context: Mutex<TLSContext>

  init(_ context: TLSContext) {
    self.context = Mutex(context)
  }

  var current: TLSContext {
    get { context.withLock { $0 } }
    set { context.withLock { $0 = newValue } }
  }
}

/// Commands for one event loop, and the wakeup that makes it read them.
final class CommandQueue: Sendable {
  let wakeup: Wakeup
  private let commands = Mutex<[EventLoop.Command]>([])

  init() throws(Errno) {
    wakeup = try Wakeup()
  }

  func enqueue(_ command: EventLoop.Command) {
    commands.withLock { $0.append(command) }
    wakeup.wake()
  }

  func drain() -> [EventLoop.Command] {
    wakeup.clear()
    return commands.withLock { commands in
      defer { commands = [] }
      return commands
    }
  }
}
