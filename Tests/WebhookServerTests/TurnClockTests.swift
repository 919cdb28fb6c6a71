import Reactor
import Testing

@testable import WebhookServer

@Suite struct `The clock of a turn` {
  @Test func `times the stages of each turn's first review`() {
    var clock = TurnClock()
    for turn in 1...3 {
      clock.begin(at: Moment(nanoseconds: Int64(turn)))
      #expect(clock.began == Moment(nanoseconds: Int64(turn)))
      let takesStages = (0..<3).map { _ in clock.takesStages() }
      #expect(takesStages == [true, false, false])
    }
  }

  @Test func `times each answer once, those that are sent together with one look`() {
    var clock = TurnClock()
    #expect(clock.takeUntimed() == 0)
    for _ in 0..<3 { clock.reviewIsAnswered() }
    #expect(clock.takeUntimed() == 3)
    #expect(clock.takeUntimed() == 0)
  }
}
