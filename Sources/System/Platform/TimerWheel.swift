/// Remembers for each slot when its time is up; a deadline that moves costs one write.
///
/// A hashed wheel: every deadline waits in the spoke of its tick. One that moved later is left where it is and looked
/// at again when its old spoke comes round, so that a busy keep-alive connection, whose deadline moves with each
/// request, touches the wheel once a turn and not once a request. Time is handed in.
///
/// Not copyable, so that nobody copies the wheel to look at it.
public struct TimerWheel: ~Copyable {
  /// A deadline fires at most this much late, which no peer can tell from the network.
  public static let tick: Duration = .nanoseconds(tickNanoseconds)
  private static let tickNanoseconds: Int64 = 100_000_000
  private static let bucketCount = 512

  private var wheel: [[Poller.Token]] = Array(repeating: [], count: bucketCount)
  /// By slot: when the time is up, and in which tick's spoke the token waits; 0 where there is none.
  private var due: [Int64] = []
  private var scheduledTick: [Int64] = []
  private var generations: [UInt32] = []
  /// The last tick that was looked at.
  private var current: Int64
  /// No spoke of an earlier tick holds anything; the loop sleeps until then.
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
    // A new owner of the slot starts with nothing; what its predecessor left in the wheel is dropped when it is met.
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

  /// Until when a loop may sleep: nil when nothing waits.
  public var next: MonotonicInstant? { earliest < .max ? Self.moment(earliest) : nil }

  /// Gives every token whose time is up, and forgets it.
  public mutating func expired(by now: MonotonicInstant) -> [Poller.Token] {
    var expired: [Poller.Token] = []
    let target = Self.ticks(now)
    guard target >= earliest else {
      current = max(current, target)
      return expired
    }
    // After a long pause one turn of the wheel meets every token.
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
    // Parked again elsewhere, or left behind by a former owner of the slot.
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

  /// Puts the token into the spoke of its deadline, or into the last one of this turn if that is further away.
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
