internal import Platform
internal import Synchronization

/// Commands of the main thread for one event loop, and the eventfd that wakes it.
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

  /// Returns the commands in the order in which they came, and resets the wakeup.
  func drain() -> [EventLoop.Command] {
    wakeup.clear()
    return commands.withLock { exchange(&$0, with: []) }
  }
}
