/// A set of IPv4 addresses as ascending intervals that neither touch nor overlap.
///
/// The cost of operations depends on the number of intervals, not of addresses: a /16 is one interval, like a /29.
public struct AddressSet: Hashable, Sendable {
  public private(set) var intervals: [AddressInterval]

  public init() {
    intervals = []
  }

  public init(_ interval: AddressInterval) {
    intervals = [interval]
  }

  public init(_ addresses: [IPv4Address]) {
    self.init(joining: addresses.map { AddressInterval($0, $0) })
  }

  /// The usable addresses of a network: all but the first and the last.
  ///
  /// Whereabouts allocates neither of them, so a /31 and a /32 have none.
  public init(usableIn network: IPv4Prefix) {
    let first = network.first.rawValue
    let last = network.last.rawValue
    intervals =
      last - first < 2
      ? []
      : [AddressInterval(IPv4Address(rawValue: first + 1), IPv4Address(rawValue: last - 1))]
  }

  public var isEmpty: Bool { intervals.isEmpty }
  public var first: IPv4Address? { intervals.first?.first }
  public var count: Int { intervals.reduce(0) { $0 + $1.count } }

  public func contains(_ address: IPv4Address) -> Bool {
    intervals.contains { $0.first <= address && address <= $0.last }
  }

  public mutating func subtract(_ network: IPv4Prefix) {
    subtract(AddressSet(network.addresses))
  }

  /// Removes the addresses of the networks, which may overlap and be in any order.
  public mutating func subtract(_ networks: [IPv4Prefix]) {
    if networks.isEmpty { return }
    subtract(AddressSet(joining: networks.map(\.addresses)))
  }

  /// Removes the addresses of another set in one pass over both, so that ten thousand exclusions cost only their
  /// sorting.
  public mutating func subtract(_ other: AddressSet) {
    if other.isEmpty { return }
    var remaining: [AddressInterval] = []
    var holes = other.intervals[...]
    for interval in intervals {
      var rest: AddressInterval? = interval
      while let left = rest, let hole = holes.first, hole.first <= left.last {
        if left.first < hole.first { remaining.append(AddressInterval(left.first, hole.first.before)) }
        rest = hole.last < left.last ? AddressInterval(max(left.first, hole.last.after), left.last) : nil
        // A hole that extends beyond this interval may reach into the next one.
        if rest != nil { holes.removeFirst() }
      }
      if let rest { remaining.append(rest) }
    }
    intervals = remaining
  }

  public mutating func remove(below address: IPv4Address) {
    guard address.rawValue > 0 else { return }
    subtract(AddressSet(AddressInterval(IPv4Address(rawValue: 0), address.before)))
  }

  public mutating func remove(above address: IPv4Address) {
    guard address.rawValue < .max else { return }
    subtract(AddressSet(AddressInterval(address.after, .last)))
  }

  public func union(_ other: AddressSet) -> AddressSet {
    AddressSet(joining: intervals + other.intervals)
  }

  public func intersection(_ other: AddressSet) -> AddressSet {
    var shared = AddressSet()
    var mine = intervals[...]
    var theirs = other.intervals[...]
    while let one = mine.first, let another = theirs.first {
      if let both = one.intersection(another) { shared.intervals.append(both) }
      // The interval that ends first intersects no later one.
      if one.last < another.last { mine.removeFirst() } else { theirs.removeFirst() }
    }
    return shared
  }

  /// Returns the fewest networks that contain every address of the set, and otherwise only addresses of `spare`.
  public func networks(allowing spare: AddressSet = AddressSet()) -> [IPv4Prefix] {
    guard let first = intervals.first?.first, let last = intervals.last?.last else { return [] }
    var networks: [IPv4Prefix] = []
    func cover(_ block: IPv4Prefix, _ needed: AddressSet, _ allowed: AddressSet) {
      let whole = AddressSet(block.addresses)
      let needed = needed.intersection(whole)
      let allowed = allowed.intersection(whole)
      guard let first = needed.first, let last = needed.intervals.last?.last else { return }
      if allowed == whole { return networks.append(IPv4Prefix(containing: first, and: last)) }
      for half in [block.first, block.last] {
        cover(IPv4Prefix(containing: half, length: block.length + 1), needed, allowed)
      }
    }
    cover(IPv4Prefix(containing: first, and: last), self, union(spare))
    return networks
  }

  /// The union of the intervals, which may overlap and be in any order.
  private init(joining intervals: [AddressInterval]) {
    self.intervals = []
    for interval in intervals.sorted(by: { $0.first < $1.first }) {
      if let last = self.intervals.last, last.last == .last || interval.first <= last.last.after {
        self.intervals[self.intervals.count - 1] = AddressInterval(last.first, max(last.last, interval.last))
      } else {
        self.intervals.append(interval)
      }
    }
  }
}

extension IPv4Address {
  fileprivate static var last: IPv4Address { IPv4Address(rawValue: .max) }
  /// - Precondition: The address is not 0.0.0.0.
  fileprivate var before: IPv4Address { IPv4Address(rawValue: rawValue - 1) }
  /// - Precondition: The address is not 255.255.255.255.
  fileprivate var after: IPv4Address { IPv4Address(rawValue: rawValue + 1) }
}
