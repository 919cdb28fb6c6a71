package import Addressing

/// A range cut into what its addresses are for, from the first to the last.
package struct AddressSpace: Sendable, Equatable {
  package enum Use: String, Sendable, CaseIterable {
    /// The range's first and last address, which no host has.
    case unusable
    case excluded
    /// Something else has it.
    case taken
    case needed
    case spare
  }

  package struct Block: Sendable, Equatable {
    package let addresses: AddressInterval
    package let use: Use
    /// Whose addresses they are, where they are taken.
    package let owner: String?
    /// Whether Whereabouts keeps them for the owner and hands out none of them.
    package var isReserved = false
  }

  package let range: IPv4Prefix
  /// Ascending; together they are the range.
  package private(set) var blocks: [Block] = []

  /// - Parameter need: How many addresses are needed; the lowest ones are shown as such, as Whereabouts hands them out.
  package init(of range: IPv4Prefix, without exclusions: [IPv4Prefix], need: Int, claims: [AddressOwner]) {
    self.range = range
    var rest = AddressSet(range.addresses)
    take(.excluded, exclusions.map { AddressSet($0.addresses) }.reduce(AddressSet()) { $0.union($1) }, from: &rest)
    take(.unusable, rest.without(AddressSet(usableIn: range)), from: &rest)
    for owner in claims {
      take(.taken, owner.addresses, of: owner.owner, isReserved: owner.isReserved, from: &rest)
    }
    take(.needed, rest.lowest(need), from: &rest)
    take(.spare, rest, from: &rest)
    blocks.sort { $0.addresses.first < $1.addresses.first }
  }

  private mutating func take(
    _ use: Use, _ addresses: AddressSet, of owner: String? = nil, isReserved: Bool = false, from rest: inout AddressSet
  ) {
    let taken = rest.intersection(addresses)
    blocks += taken.intervals.map { Block(addresses: $0, use: use, owner: owner, isReserved: isReserved) }
    rest.subtract(taken)
  }

  package func count(of use: Use) -> Int {
    blocks.lazy.filter { $0.use == use }.reduce(0) { $0 + $1.addresses.count }
  }

  /// How many addresses Whereabouts can hand out, those included that something else has.
  package var usable: Int { count(of: .taken) + count(of: .needed) + count(of: .spare) }

  /// How many of them Whereabouts keeps for pods that do not give them back in a change.
  package var kept: Int { blocks.lazy.filter(\.isReserved).reduce(0) { $0 + $1.addresses.count } }

  /// How many Longhorn's pods can be given: what the webhook reckons with too.
  package var available: Int { usable - kept }

  /// Addresses that would be handed out although something else has them.
  package var collisions: [Block] { blocks.filter { $0.use == .taken && !$0.isReserved } }
}

extension AddressSet {
  fileprivate func without(_ other: AddressSet) -> AddressSet {
    var rest = self
    rest.subtract(other)
    return rest
  }

  /// Its lowest addresses, so many of them as asked for or as there are.
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
