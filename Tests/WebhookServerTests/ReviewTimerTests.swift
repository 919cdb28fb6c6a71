import Platform
import Testing

@testable import WebhookServer

@Suite struct `Review timer` {
  @Test func `the stages of each iteration's first review are timed`() {
    var clock = ReviewTimer()
    for turn in 1...3 {
      clock.begin(at: MonotonicInstant(nanoseconds: Int64(turn)))
      #expect(clock.iterationStart == MonotonicInstant(nanoseconds: Int64(turn)))
      let shouldSampleStages = (0..<3).map { _ in clock.shouldSampleStages() }
      #expect(shouldSampleStages == [true, false, false])
    }
  }

  @Test func `each response is timed once, with one clock reading for responses that are sent together`() {
    var clock = ReviewTimer()
    #expect(clock.takePendingCount() == 0)
    for _ in 0..<3 { clock.countReview() }
    #expect(clock.takePendingCount() == 3)
    #expect(clock.takePendingCount() == 0)
  }
}
