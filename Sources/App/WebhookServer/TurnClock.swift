internal import Reactor

/// Takes the time of reviews with few looks at the clock: each costs as much as a rule.
struct TurnClock {
  /// When the loop woke for what is answered in the turn. From here on it is all the server's time, waiting for others
  /// included.
  private(set) var began = Moment(nanoseconds: 0)
  private var hasTakenStages = false
  /// How many reviews have their answer and were not timed yet.
  private var untimed = 0

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

  mutating func reviewIsAnswered() { untimed += 1 }

  /// How many reviews are to be timed now that their answers are sent. They waited for one another, so one duration is
  /// that of all.
  mutating func takeUntimed() -> Int {
    defer { untimed = 0 }
    return untimed
  }
}
