internal import Admission
internal import Platform

/// Measures reviews with few reads of the clock: each costs as much as a rule.
struct ReviewTimer {
  /// When the event loop woke for this iteration. All time from here on is the server's, waiting for other requests
  /// included.
  private(set) var iterationStart = MonotonicInstant(nanoseconds: 0)
  private var hasSampledStages = false
  /// The number of answered reviews without a recorded duration.
  private var pending = 0

  mutating func begin(at now: MonotonicInstant) {
    iterationStart = now
    hasSampledStages = false
  }

  /// Returns whether to time the stages of this review. The first review of each iteration is representative: an API
  /// server's reviews come one per iteration, and under load the stages need not add up.
  mutating func shouldSampleStages() -> Bool {
    defer { hasSampledStages = true }
    return !hasSampledStages
  }

  mutating func countReview() { pending += 1 }

  /// Returns the number of reviews to record now that their responses are sent. They waited for one another, so one
  /// duration holds for all.
  mutating func takePendingCount() -> Int {
    defer { pending = 0 }
    return pending
  }
}

/// Measures the stages of one review.
struct StageTimer {
  private var start = MonotonicInstant.now

  mutating func finish(_ stage: Reviewer.Stage, in metrics: LoopMetrics) {
    let now = MonotonicInstant.now
    switch stage {
    case .decode: metrics.decodeDuration.add(start, now)
    case .evaluate: metrics.evaluateDuration.add(start, now)
    }
    start = now
  }
}
