internal import Synchronization

/// Log lines on their way out, written by a thread of their own.
///
/// Whoever reads a log may pause for long: a pager, a busy disk. Who logs must not wait for that, so lines queue up here. Those
/// for which there is no room, and those that cannot be written, are lost and counted.
public final class AsyncLogWriter: Sendable {
  private struct Lines {
    private(set) var bytes: [UInt8] = []
    /// Where the lines end that tell of others which were lost, and of how many.
    private var dropNotices: [(end: Int, dropped: Int)] = []

    var isEmpty: Bool { bytes.isEmpty }

    mutating func add(_ line: String) { bytes += line.utf8 }

    mutating func add(_ line: String, dropNotice dropped: Int) {
      add(line)
      dropNotices.append((bytes.count, dropped))
    }

    /// What is lost with the bytes from this place on: lines, the one that was cut included, and those that nobody was told
    /// of.
    func dropped(from place: Int) -> (lines: Int, unreported: Int) {
      let unreported = dropNotices.filter { $0.end > place }
      return (bytes[place...].count { $0 == 0x0A } - unreported.count, unreported.reduce(0) { $0 + $1.dropped })
    }
  }

  private struct State {
    var waiting = Lines()
    /// Of what was taken out something is not written yet.
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
  ///   - descriptor: Where the lines go: standard error, unless a test wants them.
  ///   - limit: Bytes that may wait behind those that are being written.
  public init(to descriptor: Int32 = 2, limit: Int) throws(Errno) {
    self.descriptor = descriptor
    self.limit = limit
    arrived = try Wakeup()
    written = try Wakeup()
  }

  /// Starts the thread that writes; what was added before waits until then.
  public func start() throws {
    let poller = try Poller(batch: 1)
    try poller.register(arrived.descriptor, as: .only, for: .reading)
    // Sound: the new thread is the only one that has the poller.
    nonisolated(unsafe) let handedOver = poller
    try Thread.start(named: "log") { [self] in
      // The last line that was written is not whole.
      var hasPartialLine = false
      while (try? unsafe handedOver.wait(until: nil) { _ in arrived.clear() }) != nil { writeAll(&hasPartialLine) }
    }
  }

  /// Adds a line, unless there is no room for it.
  ///
  /// - Parameter dropNotice: Makes the line that goes before the first one for which there is room again; it is given how many
  ///   were lost.
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

  /// How many lines were lost so far; of one that could not be written whole the beginning may have been.
  public var dropped: Int { state.withLock { $0.dropped } }

  /// Waits until everything is written, but not for longer than this.
  public func finish(within time: Duration) {
    let end = MonotonicInstant.now + time
    var left = time
    while !state.withLock({ $0.isIdle }), left > .zero {
      // With no descriptor of its own: that there are none left may be what has to be written.
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
        // What comes next shall not be the rest of a line that could only be begun.
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
