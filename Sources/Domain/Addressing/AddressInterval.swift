/// Every address from a first to a last one, both included.
package struct AddressInterval: Hashable, Sendable {
  package let first: IPv4Address
  package let last: IPv4Address

  package init(_ first: IPv4Address, _ last: IPv4Address) {
    precondition(first <= last, "an interval holds at least one address")
    self.first = first
    self.last = last
  }

  /// How many addresses it holds: 1 to 2^32.
  package var count: Int { Int(last.rawValue) - Int(first.rawValue) + 1 }

  package func intersection(_ other: AddressInterval) -> AddressInterval? {
    let from = max(first, other.first)
    let to = min(last, other.last)
    return from <= to ? AddressInterval(from, to) : nil
  }
}
