import Platform
import Testing

@testable import WebhookServer

@Suite struct `The clock of a turn` {
  @Test func `times the stages of each turn's first review`() {
    var clock = ReviewTimer()
    for turn in 1...3 {
      clock.begin(at: MonotonicInstant(nanoseconds: Int64(turn)))
      #expect(clock.iterationStart == MonotonicInstant(nanoseconds: Int64(turn)))
      let shouldSampleStages = (0..<3).map { _ in clock.shouldSampleStages() }
      #expect(shouldSampleStages == [true, false, false])
    }
  }

  @Test func `times each answer once, those that are sent together with one look`() {
    var clock = ReviewTimer()
    #expect(clock.takePendingCount() == 0)
    for _ in 0..<3 { clock.countReview() }
    #expect(clock.takePendingCount() == 3)
    #expect(clock.takePendingCount() == 0)
  }
}
