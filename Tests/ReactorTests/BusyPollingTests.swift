import CLinux
import Testing

@testable import Reactor

/// A poller in a made-up time, in which a look at the events takes ten microseconds.
@Suite struct `Staying awake for a client` {
  @Test func `that always asks again at once begins after eight short waits`() throws {
    let waits = try waits(for: Array(repeating: .microseconds(40), count: 20))
    #expect(waits.map(\.slept) == Array(repeating: true, count: 9) + Array(repeating: false, count: 11))
    #expect(waits.dropFirst(9).allSatisfy { $0.looks == 4 })
  }

  @Test func `that stays away ends after one window, and begins as slowly as at first`() throws {
    let quick = Array(repeating: Duration.microseconds(40), count: 12)
    let waits = try waits(for: quick + [.seconds(10)] + quick)
    #expect(waits[12].slept)
    #expect(waits[12].looks == 10, "a window of 100 microseconds")
    #expect(waits[13...].prefix(8).allSatisfy { $0.slept && $0.looks == 0 })
    #expect(!waits[21].slept)
  }

  @Test func `that takes its time never begins`() throws {
    let waits = try waits(for: Array(repeating: .microseconds(200), count: 30))
    #expect(waits.allSatisfy { $0.slept && $0.looks == 0 })
  }

  @Test func `begins anew when another client comes`() throws {
    let quick = Array(repeating: Duration.microseconds(40), count: 24)
    let waits = try waits(for: quick) { $0 == 12 ? 2 : 1 }
    #expect(!waits[12].slept, "only its end tells that there were two")
    #expect(waits[13...21].allSatisfy { $0.slept && $0.looks == 0 })
    #expect(!waits[22].slept)
  }

  @Test func `is not for a poller that was not asked to`() throws {
    let waits = try waits(for: Array(repeating: .microseconds(40), count: 30), awake: .zero)
    #expect(waits.allSatisfy { $0.slept && $0.looks == 0 })
  }

  /// What the poller does while it waits: how often it looks without sleeping, and whether it sleeps at last.
  private struct Wait {
    var looks = 0
    var slept = false
  }

  private func waits(
    for gaps: [Duration], awake: Duration = .microseconds(100), events: @Sendable (Int) -> Int = { _ in 1 }
  ) throws -> [Wait] {
    let kernel = Kernel()
    return try Syscalls.$standIn.withValue({ kernel.answer($0) }) {
      let poller = try Poller(batch: 4, awake: awake)
      return try gaps.enumerated().map { index, gap in
        kernel.expect(events(index), after: gap)
        var count = 0
        try poller.wait(until: nil) { _ in count += 1 }
        #expect(count == events(index))
        return kernel.wait
      }
    }
  }

  private final class Kernel: @unchecked Sendable {
    // Sendable: used by the one thread of its test.
    private(set) var wait = Wait()
    private var now: Int64 = 0
    private var due: Int64 = 0
    private var events = 0

    func expect(_ events: Int, after gap: Duration) {
      wait = Wait()
      self.events = events
      due = now + gap.nanoseconds
    }

    func answer(_ call: SystemCall) -> SystemCall.Answer {
      switch call {
      case .time: return .result(Int(now))
      case .wait(_, _, milliseconds: 0):
        wait.looks += 1
        now += 10_000
        return .result(now >= due ? events : 0)
      case .wait:
        wait.slept = true
        now = max(now, due)
        return .result(events)
      default: return .kernel
      }
    }
  }
}
