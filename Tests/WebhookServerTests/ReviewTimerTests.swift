import Platform
import Testing

@testable import WebhookServer

@Suite struct `Review timer` {
  @Test func `the stages of each iteration's first review are timed`() {
    var reviewTimer = ReviewTimer()
    for turn in 1...3 {
      reviewTimer.begin(at: MonotonicInstant(nanoseconds: Int64(turn)))
      #expect(reviewTimer.iterationStart == MonotonicInstant(nanoseconds: Int64(turn)))
      let shouldSampleStages = (0..<3).map { _ in reviewTimer.shouldSampleStages() }
      #expect(shouldSampleStages == [true, false, false])
    }
  }

  @Test func `each response is timed once, with one clock reading for responses that are sent together`() {
    var reviewTimer = ReviewTimer()
    #expect(reviewTimer.takePendingCount() == 0)
    for _ in 0..<3 { reviewTimer.countReview() }
    #expect(reviewTimer.takePendingCount() == 3)
    #expect(reviewTimer.takePendingCount() == 0)
  }
}
