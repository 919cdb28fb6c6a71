/// A set of IPv4 addresses as ascending intervals that neither touch nor overlap.
///
/// Its cost grows with the number of intervals, never with the number of addresses: a /16 is one interval, as a /29 is.
package struct AddressSet: Hashable, Sendable {
  package private(set) var intervals: [AddressInterval]

  package init() {
    intervals = []
  }

  package init(_ interval: AddressInterval) {
    intervals = [interval]
  }

  /// The addresses of a network that hosts may use: all but the first and the last.
  ///
  /// Whereabouts hands out neither of them, so a /31 and a /32 have none.
  package init(usableIn network: IPv4Prefix) {
    let first = network.first.rawValue
    let last = network.last.rawValue
    intervals =
      last - first < 2
      ? []
      : [AddressInterval(IPv4Address(rawValue: first + 1), IPv4Address(rawValue: last - 1))]
  }

  package var isEmpty: Bool { intervals.isEmpty }
  package var first: IPv4Address? { intervals.first?.first }
  package var count: Int { intervals.reduce(0) { $0 + $1.count } }

  package func contains(_ address: IPv4Address) -> Bool {
    intervals.contains { $0.first <= address && address <= $0.last }
  }

  package mutating func subtract(_ network: IPv4Prefix) {
    subtract(network.addresses)
  }

  package mutating func subtract(_ hole: AddressInterval) {
    var remaining: [AddressInterval] = []
    remaining.reserveCapacity(intervals.count + 1)
    for interval in intervals {
      if interval.intersection(hole) == nil {
        remaining.append(interval)
        continue
      }
      if interval.first < hole.first {
        remaining.append(AddressInterval(interval.first, IPv4Address(rawValue: hole.first.rawValue - 1)))
      }
      if hole.last < interval.last {
        remaining.append(AddressInterval(IPv4Address(rawValue: hole.last.rawValue + 1), interval.last))
      }
    }
    intervals = remaining
  }

  package mutating func remove(below address: IPv4Address) {
    guard address.rawValue > 0 else { return }
    subtract(AddressInterval(IPv4Address(rawValue: 0), IPv4Address(rawValue: address.rawValue - 1)))
  }

  package mutating func remove(above address: IPv4Address) {
    guard address.rawValue < .max else { return }
    subtract(AddressInterval(IPv4Address(rawValue: address.rawValue + 1), IPv4Address(rawValue: .max)))
  }

  package func union(_ other: AddressSet) -> AddressSet {
    var union = AddressSet()
    for interval in (intervals + other.intervals).sorted(by: { $0.first < $1.first }) {
      if let last = union.intervals.last, interval.first.rawValue <= last.last.rawValue.addingSaturated(1) {
        union.intervals[union.intervals.count - 1] = AddressInterval(last.first, max(last.last, interval.last))
      } else {
        union.intervals.append(interval)
      }
    }
    return union
  }

  package func intersection(_ other: AddressSet) -> AddressSet {
    var shared = AddressSet()
    for interval in intervals {
      shared.intervals += other.intervals.compactMap(interval.intersection)
    }
    return shared
  }
}

extension UInt32 {
  fileprivate func addingSaturated(_ other: UInt32) -> UInt32 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
