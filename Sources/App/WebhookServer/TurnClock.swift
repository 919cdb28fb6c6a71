internal import Reactor

/// Takes the time of reviews with few looks at the clock: each costs as much as a rule.
struct TurnClock {
  /// When the loop woke. What is answered in the turn had come by then, but for what came while others were read.
  private(set) var began = Moment(nanoseconds: 0)
  private var hasTakenStages = false

  mutating func begin(at now: Moment) {
    began = now
    hasTakenStages = false
  }

  /// Whether the stages of this review are to be timed. Of each turn it is the first one, which tells as much as all:
  /// the reviews of an API server come one in a turn, and under load nobody adds stages up.
  mutating func takesStages() -> Bool {
    defer { hasTakenStages = true }
    return !hasTakenStages
  }
}
