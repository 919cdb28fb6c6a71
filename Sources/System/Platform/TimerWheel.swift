/// The deadlines of all slots; moving a deadline costs one write.
///
/// A hashed timer wheel: every deadline is in the bucket of its tick. A deadline that moves later stays in its bucket
/// and is rescheduled when the wheel reaches that bucket, so that a busy keep-alive connection, whose deadline moves
/// with each request, changes the wheel once per revolution and not once per request. The caller passes the time.
///
/// Not copyable, to prevent accidental copies.
public struct TimerWheel: ~Copyable {
  /// The maximum delay of an expiry, which is indistinguishable from network latency.
  public static let tick: Duration = .nanoseconds(tickNanoseconds)
  private static let tickNanoseconds: Int64 = 100_000_000
  private static let bucketCount = 512

  private var wheel: [[Poller.Token]] = Array(repeating: [], count: bucketCount)
  /// By slot: the due tick, and the tick of the bucket with the token; 0 for none.
  private var due: [Int64] = []
  private var scheduledTick: [Int64] = []
  private var generations: [UInt32] = []
  /// The last processed tick.
  private var current: Int64
  /// The tick of the first bucket that may have tokens; the event loop sleeps until then.
  private var earliest = Int64.max

  public init(now: MonotonicInstant) {
    current = Self.ticks(now)
  }

  public mutating func set(_ token: Poller.Token, at moment: MonotonicInstant) {
    let slot = Int(token.slot)
    while due.count <= slot {
      due.append(0)
      scheduledTick.append(0)
      generations.append(0)
    }
    // A new owner of the slot starts without a deadline; the old owner's token is dropped when its bucket is due.
    if generations[slot] != token.generation {
      generations[slot] = token.generation
      scheduledTick[slot] = 0
    }
    due[slot] = max(Self.ticks(moment) + 1, current + 1)
    if scheduledTick[slot] == 0 || due[slot] < scheduledTick[slot] { schedule(token) }
  }

  public mutating func clear(_ token: Poller.Token) {
    let slot = Int(token.slot)
    guard slot < due.count, generations[slot] == token.generation else { return }
    due[slot] = 0
  }

  /// The time until which an event loop may sleep; nil without deadlines.
  public var next: MonotonicInstant? { earliest < .max ? Self.moment(earliest) : nil }

  /// Removes and returns every expired token.
  public mutating func expired(by now: MonotonicInstant) -> [Poller.Token] {
    var expired: [Poller.Token] = []
    let target = Self.ticks(now)
    guard target >= earliest else {
      current = max(current, target)
      return expired
    }
    // After a long sleep one revolution of the wheel covers every token.
    current = max(current, target - Int64(Self.bucketCount))
    while current < target {
      current += 1
      let tokens = wheel[bucket(current)]
      wheel[bucket(current)].removeAll(keepingCapacity: true)
      for token in tokens { checkExpiry(at: token, &expired) }
    }
    earliest = (1..<Int64(Self.bucketCount)).first { !wheel[bucket(current + $0)].isEmpty }.map { current + $0 } ?? .max
    return expired
  }

  private mutating func checkExpiry(at token: Poller.Token, _ expired: inout [Poller.Token]) {
    let slot = Int(token.slot)
    // The token was rescheduled to another bucket, or belongs to an earlier owner of the slot.
    guard generations[slot] == token.generation, scheduledTick[slot] != 0, scheduledTick[slot] <= current else {
      return
    }
    scheduledTick[slot] = 0
    if due[slot] == 0 { return }
    if due[slot] <= current {
      due[slot] = 0
      expired.append(token)
    } else {
      schedule(token)
    }
  }

  /// Adds the token to the bucket of its deadline, or to the last bucket of this revolution if that is later.
  private mutating func schedule(_ token: Poller.Token) {
    let slot = Int(token.slot)
    let tick = min(due[slot], current + Int64(Self.bucketCount) - 1)
    scheduledTick[slot] = tick
    wheel[bucket(tick)].append(token)
    earliest = min(earliest, tick)
  }

  private func bucket(_ tick: Int64) -> Int { Int(tick % Int64(Self.bucketCount)) }

  private static func ticks(_ moment: MonotonicInstant) -> Int64 { moment.nanoseconds / tickNanoseconds }
  private static func moment(_ ticks: Int64) -> MonotonicInstant {
    MonotonicInstant(nanoseconds: ticks * tickNanoseconds)
  }
}
