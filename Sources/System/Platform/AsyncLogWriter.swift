internal import Synchronization

/// A queue of log lines with a thread that writes them.
///
/// The reader of a log may block for long (a pager, a busy disk), and logging must not wait for it. Lines that exceed
/// the queue's limit, and lines that cannot be written, are dropped and counted.
public final class AsyncLogWriter: Sendable {
  private struct Lines {
    private(set) var bytes: [UInt8] = []
    /// The end offsets of the lines that report dropped lines, and the number that each reports.
    private var dropNotices: [(end: Int, dropped: Int)] = []

    var isEmpty: Bool { bytes.isEmpty }

    mutating func add(_ line: String) { bytes += line.utf8 }

    mutating func add(_ line: String, dropNotice dropped: Int) {
      add(line)
      dropNotices.append((bytes.count, dropped))
    }

    /// Returns what is lost without the bytes from this offset on: lines, including a partial one, and the reported
    /// drops of lost notices.
    func dropped(from offset: Int) -> (lines: Int, unreported: Int) {
      let unreported = dropNotices.filter { $0.end > offset }
      return (bytes[offset...].count { $0 == 0x0A } - unreported.count, unreported.reduce(0) { $0 + $1.dropped })
    }
  }

  private struct State {
    var waiting = Lines()
    /// Whether removed lines are still being written.
    var isWriting = false
    var dropped = 0
    var unreportedDrops = 0

    var isIdle: Bool { waiting.isEmpty && !isWriting }

    mutating func recordDrop(_ lines: Int, unreported: Int = 0) {
      dropped += lines
      unreportedDrops += lines + unreported
    }
  }

  private let state = Mutex(State())
  private let descriptor: Int32
  private let limit: Int
  private let arrived: Wakeup
  private let written: Wakeup

  /// - Parameters:
  ///   - descriptor: The output; standard error except in tests.
  ///   - limit: The maximum bytes to queue besides those that are being written.
  public init(to descriptor: Int32 = 2, limit: Int) throws(Errno) {
    self.descriptor = descriptor
    self.limit = limit
    arrived = try Wakeup()
    written = try Wakeup()
  }

  /// Starts the writer thread; lines added before wait until then.
  public func start() throws {
    let poller = try Poller(batch: 1)
    try poller.register(arrived.descriptor, as: .only, for: .reading)
    // Sound: the new thread is the only user of the poller.
    nonisolated(unsafe) let threadPoller = poller
    try Thread.start(named: "log") { [self] in
      // Whether the last written line is incomplete.
      var hasPartialLine = false
      while (try? unsafe threadPoller.wait(until: nil) { _ in arrived.clear() }) != nil { writeAll(&hasPartialLine) }
    }
  }

  /// Queues a line, or drops it above the limit.
  ///
  /// - Parameter dropNotice: Returns the line that reports a number of dropped lines. It precedes the first line that
  ///   fits again.
  public func add(_ line: String, dropNotice: (Int) -> String) {
    let mustWake = state.withLock { state in
      let wasEmpty = state.waiting.isEmpty
      guard state.waiting.bytes.count + line.utf8.count <= limit else {
        state.recordDrop(1)
        return false
      }
      if state.unreportedDrops > 0 {
        state.waiting.add(dropNotice(state.unreportedDrops), dropNotice: state.unreportedDrops)
        state.unreportedDrops = 0
      }
      state.waiting.add(line)
      return wasEmpty
    }
    if mustWake { arrived.wake() }
  }

  /// The number of dropped lines so far; the beginning of a partly written one may be visible.
  public var dropped: Int { state.withLock { $0.dropped } }

  /// Waits until everything is written, up to a timeout.
  public func finish(within time: Duration) {
    let end = MonotonicInstant.now + time
    var left = time
    while !state.withLock({ $0.isIdle }), left > .zero {
      // Without a new descriptor: their exhaustion may be the error to log.
      let milliseconds = Int32(clamping: left.nanoseconds / 1_000_000 + 1)
      _ = try? Syscalls.waitUntilReadable(written.descriptor.rawValue, milliseconds: milliseconds)
      written.clear()
      left = end - .now
    }
  }

  private func writeAll(_ hasPartialLine: inout Bool) {
    while let lines = take() {
      var rest = lines.bytes[...]
      do throws(Errno) {
        // Ends a partial line, so that the next line does not continue it.
        if hasPartialLine { try Syscalls.writeWhole(descriptor, [0x0A]) }
        hasPartialLine = false
        try Syscalls.writeAll(&rest, to: descriptor)
      } catch {
        let dropped = lines.dropped(from: rest.startIndex)
        state.withLock { $0.recordDrop(dropped.lines, unreported: dropped.unreported) }
      }
      if rest.startIndex > 0 { hasPartialLine = lines.bytes[rest.startIndex - 1] != 0x0A }
    }
    written.wake()
  }

  private func take() -> Lines? {
    state.withLock { state in
      state.isWriting = !state.waiting.isEmpty
      return state.isWriting ? exchange(&state.waiting, with: Lines()) : nil
    }
  }
}

extension Poller.Token {
  fileprivate static let only = Poller.Token(slot: 0, generation: 0)
}
