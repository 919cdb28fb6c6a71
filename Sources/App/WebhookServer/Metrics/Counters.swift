internal import Platform
internal import Synchronization
internal import WebhookCore

/// A counter that any thread may increment.
struct Counter: ~Copyable, Sendable {
  private let value = Atomic<Int>(0)

  func add(_ amount: Int) { value.add(amount, ordering: .relaxed) }
  var current: Int { value.load(ordering: .relaxed) }
}

/// A number that any thread may replace.
struct Gauge: ~Copyable, Sendable {
  private let value = Atomic<Int>(0)

  func set(_ value: Int) { self.value.store(value, ordering: .relaxed) }
  var current: Int { value.load(ordering: .relaxed) }
}

/// A counter that one thread increments and any may read: a load and a store, no locked instruction.
struct SingleWriterCounter: ~Copyable, Sendable {
  private let value = Atomic<Int>(0)

  func add(_ amount: Int = 1) { value.store(value.load(ordering: .relaxed) &+ amount, ordering: .relaxed) }
  var current: Int { value.load(ordering: .relaxed) }
}

/// A counter by a label with few values, for rare events.
struct LabeledCounter: ~Copyable, Sendable {
  private let counts: Mutex<[String: Int]>

  /// - Parameter names: Values exposed from the start, so that the rate of their first increase is known.
  init(_ names: [String] = []) {
    counts = Mutex(Dictionary(names.map { ($0, 0) }) { first, _ in first })
  }

  func add(_ name: String) { counts.withLock { $0[name, default: 0] += 1 } }

  /// Sorted by name, so that two scrapes can be compared.
  var current: [(name: String, count: Int)] {
    counts.withLock { $0.map { (name: $0.key, count: $0.value) } }.sorted { $0.name < $1.name }
  }
}

/// Durations, counted in fixed buckets by one thread.
struct Histogram: ~Copyable, Sendable {
  private let buckets = InlineArray<15, SingleWriterCounter> { _ in SingleWriterCounter() }
  private let nanoseconds = SingleWriterCounter()

  /// Adds one duration, for `times` reviews.
  func add(_ begin: MonotonicInstant, _ end: MonotonicInstant, times: Int = 1) {
    let duration = end.nanoseconds - begin.nanoseconds
    var bucket = 0
    // A review takes a few microseconds, so the search ends early.
    while bucket < HistogramSnapshot.count, duration > HistogramSnapshot.bounds[bucket] { bucket += 1 }
    buckets[bucket].add(times)
    nanoseconds.add(Int(duration) * times)
  }

  /// Adds this thread's counts to a sum.
  func collect(into durations: inout HistogramSnapshot) {
    for index in 0..<HistogramSnapshot.count { durations.counts[index] += buckets[index].current }
    durations.countAboveBounds += buckets[HistogramSnapshot.count].current
    durations.nanoseconds += nanoseconds.current
  }
}

/// The sum of all threads' histograms.
struct HistogramSnapshot {
  var counts = [Int](repeating: 0, count: HistogramSnapshot.count)
  var countAboveBounds = 0
  var nanoseconds = 0

  static let count = 14

  /// In nanoseconds: from a fraction of the usual duration to what is slow for an operator of the API server.
  static let bounds: InlineArray<14, Int64> = [
    1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 10_000_000,
    100_000_000, 1_000_000_000,
  ]

  /// The same as label values.
  static let boundsInSeconds = [
    "0.000001", "0.0000025", "0.000005", "0.00001", "0.000025", "0.00005", "0.0001", "0.00025", "0.0005", "0.001",
    "0.0025", "0.01", "0.1", "1",
  ]
}

extension Exposition {
  /// Adds one histogram of the family.
  mutating func add(_ durations: HistogramSnapshot, label: (key: String, value: String)) {
    var count = 0
    for (bound, inBucket) in zip(HistogramSnapshot.boundsInSeconds, durations.counts) {
      count += inBucket
      add(count, [label.key: label.value, "le": "\(bound)"], suffix: "_bucket")
    }
    count += durations.countAboveBounds
    add(count, [label.key: label.value, "le": "+Inf"], suffix: "_bucket")
    add(Double(durations.nanoseconds) / 1e9, [label.key: label.value], suffix: "_sum")
    add(count, [label.key: label.value], suffix: "_count")
  }
}
