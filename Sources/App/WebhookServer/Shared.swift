internal import Reactor
internal import Synchronization
internal import TLSWire

/// A listening socket that several loops accept from: whoever is free takes the next connection.
final class SharedListener: Sendable {
  let listener: Listener

  init(on address: SocketAddress) throws(Errno) {
    listener = try Listener(on: address, backlog: ServerLimits.backlog, buffers: ServerLimits.socketBuffers)
  }
}

/// The TLS context for new connections; a renewed certificate puts another one in its place.
final class ContextBox: Sendable {
  private let context: Mutex<TLSContext>

  init(_ context: TLSContext) {
    self.context = Mutex(context)
  }

  var current: TLSContext {
    get { context.withLock { $0 } }
    set { context.withLock { $0 = newValue } }
  }
}

/// Orders for one loop, and the bell that makes it look.
final class Mailbox: Sendable {
  let wakeup: Wakeup
  private let orders = Mutex<[Loop.Order]>([])

  init() throws(Errno) {
    wakeup = try Wakeup()
  }

  func put(_ order: Loop.Order) {
    orders.withLock { $0.append(order) }
    wakeup.wake()
  }

  func take() -> [Loop.Order] {
    wakeup.clear()
    return orders.withLock { orders in
      defer { orders = [] }
      return orders
    }
  }
}
