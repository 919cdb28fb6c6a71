internal import Platform

/// Takes the time of reviews with few looks at the clock: each costs as much as a rule.
struct ReviewTimer {
  /// When the loop woke for what is answered in the turn. From here on it is all the server's time, waiting for others
  /// included.
  private(set) var iterationStart = MonotonicInstant(nanoseconds: 0)
  private var hasSampledStages = false
  /// How many reviews have their answer and were not timed yet.
  private var pending = 0

  mutating func begin(at now: MonotonicInstant) {
    iterationStart = now
    hasSampledStages = false
  }

  /// Whether the stages of this review are to be timed. Of each turn it is the first one, which tells as much as all:
  /// the reviews of an API server come one in a turn, and under load nobody adds stages up.
  mutating func shouldSampleStages() -> Bool {
    defer { hasSampledStages = true }
    return !hasSampledStages
  }

  mutating func reviewIsAnswered() { pending += 1 }

  /// How many reviews are to be timed now that their answers are sent. They waited for one another, so one duration is
  /// that of all.
  mutating func takePendingCount() -> Int {
    defer { pending = 0 }
    return pending
  }
}
