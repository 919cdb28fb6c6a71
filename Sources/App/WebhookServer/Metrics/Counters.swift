internal import Platform
internal import Synchronization

/// A count that any thread may change.
struct Counter: ~Copyable, Sendable {
  private let value = Atomic<Int>(0)

  func add(_ amount: Int) { value.add(amount, ordering: .relaxed) }
  var current: Int { value.load(ordering: .relaxed) }
}

/// A number that is replaced as a whole, by any thread.
struct Gauge: ~Copyable, Sendable {
  private let value = Atomic<Int>(0)

  func set(_ value: Int) { self.value.store(value, ordering: .relaxed) }
  var current: Int { value.load(ordering: .relaxed) }
}

/// A count that one thread changes and any may read: a load and a store, no locked instruction.
struct SingleWriterCounter: ~Copyable, Sendable {
  private let value = Atomic<Int>(0)

  func add(_ amount: Int = 1) { value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed) }
  var current: Int { value.load(ordering: .relaxed) }
}

/// Counts by a label with few and known values, for what happens rarely.
struct LabeledCounter: ~Copyable, Sendable {
  private let counts: Mutex<[String: Int]>

  /// - Parameter names: Shown from the start, so that a rate can be taken of their first increase.
  init(_ names: [String] = []) {
    counts = Mutex(Dictionary(names.map { ($0, 0) }) { first, _ in first })
  }

  func add(_ name: String) { counts.withLock { $0[name, default: 0] += 1 } }

  /// In the order of the names, so that two pages can be compared.
  var current: [(name: String, count: Int)] {
    counts.withLock { $0.map { (name: $0.key, count: $0.value) } }.sorted { $0.name < $1.name }
  }
}

/// How long something took, counted in fixed buckets by one thread.
struct Histogram: ~Copyable, Sendable {
  private let buckets = InlineArray<15, SingleWriterCounter> { _ in SingleWriterCounter() }
  private let nanoseconds = SingleWriterCounter()

  /// Counts one duration for so many reviews.
  func add(_ begin: MonotonicInstant, _ end: MonotonicInstant, times: Int = 1) {
    let duration = end.nanoseconds - begin.nanoseconds
    var bucket = 0
    // A review takes a few microseconds, so the search ends early.
    while bucket < HistogramSnapshot.count, duration > HistogramSnapshot.bounds[bucket] { bucket += 1 }
    buckets[bucket].add(times)
    nanoseconds.add(Int(duration) * times)
  }

  /// Adds this thread's share to a sum.
  func collect(into durations: inout HistogramSnapshot) {
    for index in 0..<HistogramSnapshot.count { durations.counts[index] += buckets[index].current }
    durations.countAboveBounds += buckets[HistogramSnapshot.count].current
    durations.nanoseconds += nanoseconds.current
  }
}

/// A histogram as it is shown: the sum of all threads.
struct HistogramSnapshot {
  var counts = [Int](repeating: 0, count: HistogramSnapshot.count)
  var countAboveBounds = 0
  var nanoseconds = 0

  static let count = 14

  /// In nanoseconds: from a fraction of the usual duration to what an operator of the API server would call slow.
  static let bounds: InlineArray<14, Int64> = [
    1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000,
    100_000_000, 1_000_000_000,
  ]

  /// The same in the spelling of a label.
  static let boundsInSeconds = [
    "0.000001", "0.0000025", "0.000005", "0.00001", "0.000025", "0.00005", "0.0001", "0.00025", "0.0005", "0.001",
    "0.0025", "0.01", "0.1", "1",
  ]
}
