internal import Logging
internal import Platform
internal import Synchronization

/// The event loops, each on its own thread.
final class EventLoopGroup: Sendable {
  private let commandQueues: [CommandQueue]
  /// Wakes the main thread when an event loop has ended.
  let exitWakeup: SharedWakeup
  private let running: Atomic<Int>
  private let failed = Atomic(false)

  /// Allocates what every event loop needs before the first one starts: the server starts completely or not at all.
  init(
    budget: ResourceBudget, listeners: [SharedListener], tlsContext: TLSContextStore, handler: RequestHandler,
    timeouts: ConnectionTimeouts = ConnectionTimeouts(),
    log: Logger
  ) throws {
    commandQueues = try (0..<budget.eventLoopCount).map { _ in try CommandQueue() }
    exitWakeup = try SharedWakeup()
    running = Atomic(budget.eventLoopCount)
    let loops = try commandQueues.map { commandQueue in
      try EventLoop(
        listeners: listeners, commandQueue: commandQueue, tlsContext: tlsContext, handler: handler, timeouts: timeouts,
        budget: budget)
    }
    do {
      for (index, loop) in loops.enumerated() { try start(loop, at: index, log) }
    } catch {
      broadcast(.stopImmediately)
      throw error
    }
  }

  private func start(_ loop: EventLoop, at index: Int, _ log: Logger) throws(ThreadError) {
    // Sound: from here on only the new thread uses the loop.
    nonisolated(unsafe) let threadLoop = loop
    try Thread.start(named: "loop-\(index)") { [self] in
      do {
        try unsafe threadLoop.run()
      } catch {
        log.critical("an event loop failed", metadata: ["reason": "\(error)"])
        failed.store(true, ordering: .releasing)
      }
      running.subtract(1, ordering: .releasing)
      exitWakeup.wakeup.wake()
    }
  }

  var isRunning: Bool { running.load(ordering: .acquiring) > 0 }

  /// Whether an event loop ended without a command.
  var hasFailed: Bool { failed.load(ordering: .acquiring) }

  func broadcast(_ command: EventLoop.Command) {
    for commandQueue in commandQueues { commandQueue.enqueue(command) }
  }
}

/// A wakeup that several threads use.
final class SharedWakeup: Sendable {
  let wakeup: Wakeup

  init() throws(Errno) {
    wakeup = try Wakeup()
  }
}
