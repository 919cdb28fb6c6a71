/// All addresses from a first to a last one, inclusive.
public struct AddressInterval: Hashable, Sendable {
  public let first: IPv4Address
  public let last: IPv4Address

  public init(_ first: IPv4Address, _ last: IPv4Address) {
    precondition(first <= last, "an interval holds at least one address")
    self.first = first
    self.last = last
  }

  /// The number of addresses: 1 to 2^32.
  public var count: Int { Int(last.rawValue) - Int(first.rawValue) + 1 }

  public func intersection(_ other: AddressInterval) -> AddressInterval? {
    let from = max(first, other.first)
    let to = min(last, other.last)
    return from <= to ? AddressInterval(from, to) : nil
  }
}
