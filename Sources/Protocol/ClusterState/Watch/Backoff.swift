/// Exponential backoff with jitter, so that the clients of a server that recovers do not all retry at once.
struct Backoff {
  private var failures = 0
  private var numbers: SplitMix

  init(seed: UInt64) {
    numbers = SplitMix(state: seed)
  }

  var isReset: Bool { failures == 0 }

  mutating func reset() {
    failures = 0
  }

  /// Starts over from the second delay: the server works again, but the failed request has not succeeded yet.
  mutating func restart() {
    failures = min(failures, 1)
  }

  mutating func nextDelay(within bounds: ClosedRange<Duration> = WatchLimits.backoffRange) -> Duration {
    // 2^5 already exceeds the maximum delay.
    let doubled = bounds.lowerBound * (1 << min(failures, 5))
    failures += 1
    let pause = doubled * Double.random(in: 0.75...1.25, using: &numbers)
    return pause > bounds.upperBound ? jittered(bounds.upperBound) : max(pause, bounds.lowerBound)
  }

  /// Returns the duration less up to a quarter, so that what starts together does not end together.
  mutating func jittered(_ duration: Duration) -> Duration {
    duration * Double.random(in: 0.75...1, using: &numbers)
  }
}

/// A pseudorandom generator with a reproducible sequence per seed (SplitMix64, Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
