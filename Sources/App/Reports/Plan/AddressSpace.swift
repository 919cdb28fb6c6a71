package import Addressing

/// A range divided into blocks by use.
package struct AddressSpace: Sendable, Equatable {
  package enum Use: String, Sendable, CaseIterable {
    /// The range's first and last address, which no host can have.
    case unusable
    case excluded
    /// In use by another owner.
    case taken
    case needed
    case spare
  }

  package struct Block: Sendable, Equatable {
    package let addresses: AddressInterval
    package let use: Use
    /// The owner of taken addresses.
    package let owner: String?
    /// For which pods Whereabouts keeps the addresses, so that it hands out none of them; nil for others.
    package var keeper: AddressOwner.Keeper?
  }

  package let range: IPv4Prefix
  /// In ascending order; together they cover the range.
  package private(set) var blocks: [Block] = []

  /// - Parameter need: The number of addresses needed; the lowest ones are marked, as Whereabouts hands them out.
  package init(of range: IPv4Prefix, without exclusions: [IPv4Prefix], need: Int, owners: [AddressOwner]) {
    self.range = range
    var rest = AddressSet(range.addresses)
    assign(.excluded, exclusions.map { AddressSet($0.addresses) }.reduce(AddressSet()) { $0.union($1) }, from: &rest)
    assign(.unusable, rest.without(AddressSet(usableIn: range)), from: &rest)
    for owner in owners {
      assign(.taken, owner.addresses, of: owner.owner, keptFor: owner.keeper, from: &rest)
    }
    assign(.needed, rest.lowest(need), from: &rest)
    assign(.spare, rest, from: &rest)
    blocks.sort { $0.addresses.first < $1.addresses.first }
  }

  private mutating func assign(
    _ use: Use, _ addresses: AddressSet, of owner: String? = nil, keptFor keeper: AddressOwner.Keeper? = nil,
    from rest: inout AddressSet
  ) {
    let taken = rest.intersection(addresses)
    blocks += taken.intervals.map { Block(addresses: $0, use: use, owner: owner, keeper: keeper) }
    rest.subtract(taken)
  }

  package func count(of use: Use) -> Int {
    blocks.lazy.filter { $0.use == use }.reduce(0) { $0 + $1.addresses.count }
  }

  /// The number of addresses that are neither excluded nor unusable, taken ones included.
  package var usable: Int { count(of: .taken) + count(of: .needed) + count(of: .spare) }

  /// The number of addresses that Whereabouts has reserved for pods that keep them during a change.
  package var kept: Int { blocks.lazy.filter { $0.keeper != nil }.reduce(0) { $0 + $1.addresses.count } }

  /// The number of addresses left for Longhorn's pods; the webhook uses the same number.
  package var available: Int { usable - kept }

  /// Addresses that Whereabouts would hand out although another owner uses them.
  package var collisions: [Block] { blocks.filter { $0.use == .taken && $0.keeper == nil } }
}

extension AddressSet {
  fileprivate func without(_ other: AddressSet) -> AddressSet {
    var rest = self
    rest.subtract(other)
    return rest
  }

  /// Returns the lowest addresses, at most `count`.
  fileprivate func lowest(_ count: Int) -> AddressSet {
    var missing = count
    var lowest = AddressSet()
    for interval in intervals where missing > 0 {
      let taken = min(missing, interval.count)
      let last = IPv4Address(rawValue: interval.first.rawValue + UInt32(taken - 1))
      lowest = lowest.union(AddressSet(AddressInterval(interval.first, last)))
      missing -= taken
    }
    return lowest
  }
}
