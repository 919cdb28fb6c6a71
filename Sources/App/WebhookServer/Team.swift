internal import Logging
internal import Reactor
internal import Synchronization

/// The loops, each on a thread of its own.
final class Team: Sendable {
  private let mailboxes: [Mailbox]
  /// Rings in the main thread when a loop has ended.
  let ended: SharedWakeup
  private let running: Atomic<Int>
  private let failed = Atomic(false)

  /// Every loop has what it needs before the first one begins: a server is whole or does not start.
  init(
    room: Room, listeners: [SharedListener], context: ContextBox, endpoints: Endpoints, patience: Patience = Patience(),
    log: Logger
  ) throws {
    mailboxes = try (0..<room.loops).map { _ in try Mailbox() }
    ended = try SharedWakeup()
    running = Atomic(room.loops)
    let loops = try mailboxes.map { mailbox in
      try Loop(
        listeners: listeners, mailbox: mailbox, context: context, endpoints: endpoints, patience: patience, room: room)
    }
    do {
      for (index, loop) in loops.enumerated() { try start(loop, at: index, log) }
    } catch {
      tell(.stop)
      throw error
    }
  }

  private func start(_ loop: Loop, at index: Int, _ log: Logger) throws(ThreadError) {
    // Sound: from here on the new thread is the only one that uses the loop.
    nonisolated(unsafe) let handedOver = loop
    try Thread.start(named: "loop-\(index)") { [self] in
      do {
        try unsafe handedOver.run()
      } catch {
        log.critical("a loop cannot go on", metadata: ["reason": "\(error)"])
        failed.store(true, ordering: .releasing)
      }
      running.subtract(1, ordering: .releasing)
      ended.wakeup.wake()
    }
  }

  var isRunning: Bool { running.load(ordering: .acquiring) > 0 }

  /// A loop ended that nobody had told to.
  var hasFailed: Bool { failed.load(ordering: .acquiring) }

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
