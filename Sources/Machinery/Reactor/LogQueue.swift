internal import Synchronization

/// Log lines on their way out, written by a thread of their own.
///
/// Whoever reads a log may pause for long: a pager, a busy disk. Who logs must not wait for that, so lines queue up here. Those
/// for which there is no room, and those that cannot be written, are lost and counted.
public final class LogQueue: Sendable {
  private struct Lines {
    var bytes: [UInt8] = []
    var count = 0
  }

  private struct State {
    var waiting = Lines()
    /// Of what was taken out something is not written yet.
    var isWriting = false
    var lost = 0
    var lostSinceTold = 0

    var isIdle: Bool { waiting.bytes.isEmpty && !isWriting }

    mutating func lose(_ count: Int) {
      lost += count
      lostSinceTold += count
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
  public func start() throws(Errno) {
    let poller = try Poller(batch: 1)
    try poller.register(arrived.descriptor, as: .only, for: .reading)
    // Sound: the new thread is the only one that has the poller.
    nonisolated(unsafe) let handedOver = poller
    try Thread.start(named: "log") { [self] in
      while (try? unsafe handedOver.wait(until: nil) { _ in arrived.clear() }) != nil { writeAll() }
    }
  }

  /// Adds a line, unless there is no room for it.
  ///
  /// - Parameter telling: Makes the line that goes before the first one for which there is room again; it is given how many
  ///   were lost.
  public func add(_ line: String, telling: (Int) -> String) {
    let mustWake = state.withLock { state in
      let wasEmpty = state.waiting.bytes.isEmpty
      guard state.waiting.bytes.count + line.utf8.count <= limit else {
        state.lose(1)
        return false
      }
      if state.lostSinceTold > 0 { state.waiting.bytes += telling(state.lostSinceTold).utf8 }
      state.lostSinceTold = 0
      state.waiting.bytes += line.utf8
      state.waiting.count += 1
      return wasEmpty
    }
    if mustWake { arrived.wake() }
  }

  /// How many lines were lost so far; of those that could not be written a part may have been.
  public var lost: Int { state.withLock { $0.lost } }

  /// Waits until everything is written, but not for longer than this.
  public func finish(within time: Duration) {
    let end = Moment.now + time
    guard let poller = try? Poller(batch: 1),
      (try? poller.register(written.descriptor, as: .only, for: .reading)) != nil
    else { return }
    while !state.withLock({ $0.isIdle }), Moment.now < end {
      try? poller.wait(until: end) { _ in written.clear() }
    }
  }

  private func writeAll() {
    while let lines = take() {
      do { try Syscalls.writeWhole(descriptor, lines.bytes) } catch { state.withLock { $0.lose(lines.count) } }
    }
    written.wake()
  }

  private func take() -> Lines? {
    state.withLock { state in
      state.isWriting = !state.waiting.bytes.isEmpty
      return state.isWriting ? exchange(&state.waiting, with: Lines()) : nil
    }
  }
}

extension Poller.Token {
  fileprivate static let only = Poller.Token(slot: 0, generation: 0)
}
