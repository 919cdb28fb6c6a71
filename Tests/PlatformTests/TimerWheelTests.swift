import TestSupport
import Testing

@testable import Platform

@Suite struct `Timer wheel` {
  static let start = MonotonicInstant(nanoseconds: 1_000_000_000_000)

  @Test func `a deadline expires at most one tick late`() {
    var deadlines = TimerWheel(now: Self.start)
    let token = Poller.Token(slot: 3, generation: 0)
    deadlines.set(token, at: Self.start + .milliseconds(250))
    #expect(deadlines.expired(by: Self.start + .milliseconds(249)) == [])
    #expect(deadlines.expired(by: Self.start + .milliseconds(250) + TimerWheel.tick) == [token])
    #expect(deadlines.expired(by: Self.start + .seconds(100)) == [])
    #expect(deadlines.next == nil)
  }

  @Test func `a moved or cleared deadline does not expire at its old time`() {
    var deadlines = TimerWheel(now: Self.start)
    let late = Poller.Token(slot: 0, generation: 0)
    let cleared = Poller.Token(slot: 1, generation: 0)
    deadlines.set(late, at: Self.start + .seconds(1))
    deadlines.set(cleared, at: Self.start + .seconds(1))
    deadlines.set(late, at: Self.start + .seconds(60))
    deadlines.clear(cleared)
    #expect(deadlines.expired(by: Self.start + .seconds(59)) == [])
    #expect(deadlines.expired(by: Self.start + .seconds(61)) == [late])
  }

  @Test func `a new owner of a slot does not inherit a deadline`() {
    var deadlines = TimerWheel(now: Self.start)
    deadlines.set(.init(slot: 0, generation: 0), at: Self.start + .seconds(1))
    deadlines.set(.init(slot: 0, generation: 1), at: Self.start + .seconds(9))
    #expect(deadlines.expired(by: Self.start + .seconds(8)) == [])
    #expect(deadlines.expired(by: Self.start + .seconds(10)) == [.init(slot: 0, generation: 1)])
  }

  /// The oracle: a dictionary that is searched completely.
  @Test(arguments: [1, 2, 3, 20_261_124] as [UInt64]) func `the wheel expires the same tokens as a list`(_ seed: UInt64)
  {
    var random = SeededNumbers(seed: seed)
    var deadlines = TimerWheel(now: Self.start)
    var list: [UInt32: MonotonicInstant] = [:]
    var now = Self.start
    for _ in 0..<20_000 {
      let slot = UInt32.random(in: 0..<50, using: &random)
      let token = Poller.Token(slot: slot, generation: 0)
      switch Int.random(in: 0..<10, using: &random) {
      case 0..<5:
        let moment = now + .milliseconds(Int.random(in: 0..<200_000, using: &random))
        deadlines.set(token, at: moment)
        list[slot] = moment
      case 5:
        deadlines.clear(token)
        list[slot] = nil
      default:
        now = now + .milliseconds(Int.random(in: 0..<3_000, using: &random))
        let fired = Set(deadlines.expired(by: now).map(\.slot))
        let surely = Set(list.filter { $0.value + .milliseconds(2 * 100) <= now }.keys)
        let possibly = Set(list.filter { $0.value <= now }.keys)
        #expect(surely.isSubset(of: fired), "seed \(seed)")
        #expect(fired.isSubset(of: possibly), "seed \(seed)")
        for slot in fired { list[slot] = nil }
      }
      if let next = list.values.min(), let moment = deadlines.next {
        #expect(moment <= max(now, next) + .milliseconds(2 * 100), "seed \(seed)")
      } else {
        #expect(list.isEmpty, "seed \(seed)")
      }
    }
  }
}
