internal import Synchronization
internal import TLSWire

/// The TLS context of new connections; reloading a certificate replaces it.
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
