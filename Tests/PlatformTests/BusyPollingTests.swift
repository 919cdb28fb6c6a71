import CLinux
import Testing

@testable import Platform

@Suite struct `Busy polling` {
  private let client = Poller.Token(slot: 1, generation: 0)
  private let another = Poller.Token(slot: 2, generation: 0)
  private let sameSlot = Poller.Token(slot: 1, generation: 1)

  @Test func `busy polling starts after eight quick responses to one client, for one window`() {
    var polling = Self.polling
    for turn in 0..<8 {
      polling.record((client, turn), at: .at(turn * 90))
      #expect(polling.end == nil)
    }
    polling.record((client, 8), at: .at(8 * 90))
    #expect(polling.end == .at(8 * 90 + 150))
    polling.record((client, 9), at: .at(8 * 90 + 45))
    #expect(polling.end == .at(8 * 90 + 45 + 150))
  }

  @Test func `requests count, their parts do not`() {
    var polling = Self.polling
    for turn in 0..<16 {
      polling.record((client, turn / 2), at: .at(turn * 70))
      #expect(polling.end == nil)
    }
    polling.record((client, 8), at: .at(16 * 70))
    #expect(polling.end == .at(16 * 70 + 150))
    polling.record((client, 8), at: .at(16 * 70 + 100))
    #expect(polling.end == .at(16 * 70 + 150))
  }

  @Test func `a slow response ends busy polling and resets the count`() {
    var polling = quick()
    polling.record((client, 11), at: .at(2_000))
    for turn in 1..<8 {
      polling.record((client, 11 + turn), at: .at(2_000 + turn * 90))
      #expect(polling.end == nil)
    }
    polling.record((client, 19), at: .at(2_000 + 8 * 90))
    #expect(polling.end != nil)
  }

  @Test func `a slow client never starts busy polling`() {
    var polling = Self.polling
    for turn in 0..<30 {
      polling.record((client, turn), at: .at(turn * 150))
      #expect(polling.end == nil)
    }
  }

  @Test func `bytes without a request neither start nor extend busy polling`() {
    var polling = Self.polling
    for turn in 0..<30 {
      polling.record((client, 7), at: .at(turn * 10))
      #expect(polling.end == nil)
    }
    polling = quick()
    polling.record((client, 10), at: .at(1_000))
    #expect(polling.end == .at(900 + 150))
    polling.record((client, 10), at: .at(1_050))
    #expect(polling.end == nil)
  }

  @Test func `another client, several or none end busy polling`() {
    for others in [(another, 11), (sameSlot, 11), nil] as [BusyPolling.Client?] {
      var polling = quick()
      #expect(polling.end != nil)
      polling.record(others, at: .at(1_000))
      #expect(polling.end == nil)
    }
  }

  @Test func `alternating clients never start busy polling`() {
    var polling = Self.polling
    for turn in 0..<30 {
      polling.record((turn % 2 == 0 ? client : another, turn), at: .at(turn * 10))
      #expect(polling.end == nil)
    }
  }

  private static var polling: BusyPolling { BusyPolling(window: .microseconds(150), threshold: 8) }

  /// Eleven quick responses, the last one at 900.
  private func quick() -> BusyPolling {
    var polling = Self.polling
    for turn in 0...10 { polling.record((client, turn), at: .at(turn * 90)) }
    return polling
  }
}

/// With a simulated clock, in which a poll takes ten microseconds.
@Suite struct `Waits with busy polling` {
  @Test func `a wait returns with the first event`() throws {
    let kernel = Kernel(due: .at(40))
    try kernel.wait(until: nil, busyPollUntil: .at(100))
    #expect(kernel.polls == 4)
    #expect(kernel.slept == nil)
  }

  @Test func `a wait sleeps after the busy polling time`() throws {
    let kernel = Kernel(due: .at(10_000_000))
    try kernel.wait(until: .at(20_000_000), busyPollUntil: .at(100))
    #expect(kernel.polls == 10)
    #expect(kernel.slept == 20_000)
  }

  @Test func `a wait polls once if the busy polling time is over`() throws {
    let kernel = Kernel(due: .at(10_000))
    try kernel.wait(until: nil, busyPollUntil: .at(0))
    #expect(kernel.polls == 1)
    #expect(kernel.slept == -1)
  }

  @Test func `a wait without busy polling sleeps at once`() throws {
    let kernel = Kernel(due: .at(40))
    try kernel.wait(until: nil, busyPollUntil: nil)
    #expect(kernel.polls == 0)
    #expect(kernel.slept == -1)
  }

  private final class Kernel: @unchecked Sendable {
    // Sendable: used by the one thread of its test.
    private(set) var polls = 0
    /// The maximum requested sleep in milliseconds.
    private(set) var slept: Int32?
    private var now = MonotonicInstant.at(0)
    private let due: MonotonicInstant

    init(due: MonotonicInstant) { self.due = due }

    func wait(until end: MonotonicInstant?, busyPollUntil awakeEnd: MonotonicInstant?) throws {
      try Syscalls.$interceptor.withValue({ self.intercept($0) }) {
        var count = 0
        try Poller(batch: 4).wait(until: end, busyPollUntil: awakeEnd) { _ in count += 1 }
        #expect(count == 1)
      }
    }

    private func intercept(_ call: SystemCall) -> SystemCall.Interception {
      switch call {
      case .time: return .result(Int(now.nanoseconds))
      case .wait(_, _, milliseconds: 0):
        polls += 1
        now = now + .microseconds(10)
        return .result(now < due ? 0 : 1)
      case .wait(_, _, let milliseconds):
        slept = milliseconds
        return .result(1)
      default: return .kernel
      }
    }
  }
}

extension MonotonicInstant {
  fileprivate static func at(_ microseconds: Int) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: Int64(microseconds) * 1_000)
  }
}
