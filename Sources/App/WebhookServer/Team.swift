internal import Logging
internal import Reactor
internal import Synchronization

/// The loops, each on a thread of its own.
final class Team: Sendable {
  private let mailboxes: [Mailbox]
  /// Rings in the main thread when a loop has ended.
  let ended: SharedWakeup
  private let running: Atomic<Int>

  init(
    room: Room, listeners: [SharedListener], context: ContextBox, endpoints: Endpoints, patience: Patience = Patience(),
    log: Logger
  ) throws {
    mailboxes = try (0..<room.loops).map { _ in try Mailbox() }
    ended = try SharedWakeup()
    running = Atomic(room.loops)
    for (index, mailbox) in mailboxes.enumerated() {
      try Thread.start(named: "loop-\(index)") { [self] in
        do {
          try Loop(
            listeners: listeners, mailbox: mailbox, context: context, endpoints: endpoints, patience: patience,
            room: room
          ).run()
        } catch {
          log.critical("a loop cannot go on", metadata: ["reason": "\(error)"])
        }
        running.subtract(1, ordering: .releasing)
        ended.wakeup.wake()
      }
    }
  }

  var isRunning: Bool { running.load(ordering: .acquiring) > 0 }

  func tell(_ order: Loop.Order) {
    for mailbox in mailboxes { mailbox.put(order) }
  }
}

/// A wakeup that several threads ring.
final class SharedWakeup: Sendable {
  let wakeup: Wakeup

  init() throws(Errno) {
    wakeup = try Wakeup()
  }
}
