/// An IPv4 network such as `192.168.0.0/24`: its first address and the number of fixed leading bits.
///
/// The bits after the prefix are always zero, so equal networks are equal values (RFC 4632 section 3.1).
public struct IPv4Prefix: Hashable, Sendable {
  /// The network's first address.
  public let network: IPv4Address
  /// The number of fixed leading bits, 0 to 32.
  public let length: Int

  /// The network of this length that contains `address`.
  public init(containing address: IPv4Address, length: Int) {
    precondition((0...32).contains(length), "a prefix length is 0 to 32")
    self.network = IPv4Address(rawValue: address.rawValue & Self.mask(length))
    self.length = length
  }

  /// The smallest network that contains both addresses.
  init(containing one: IPv4Address, and other: IPv4Address) {
    self.init(containing: one, length: (one.rawValue ^ other.rawValue).leadingZeroBitCount)
  }

  public var first: IPv4Address { network }
  public var last: IPv4Address { IPv4Address(rawValue: network.rawValue | ~Self.mask(length)) }
  public var addresses: AddressInterval { AddressInterval(first, last) }

  public func contains(_ address: IPv4Address) -> Bool {
    address.rawValue & Self.mask(length) == network.rawValue
  }

  public func contains(_ other: IPv4Prefix) -> Bool {
    length <= other.length && contains(other.network)
  }

  /// Returns whether the networks overlap: either they share no address, or one contains the other.
  public func overlaps(_ other: IPv4Prefix) -> Bool {
    let mask = Self.mask(min(length, other.length))
    return network.rawValue & mask == other.network.rawValue & mask
  }

  private static func mask(_ length: Int) -> UInt32 {
    // In twice the width, so that a /0, a shift by 32, needs no branch: masks are computed thousands of times.
    UInt32(truncatingIfNeeded: ~UInt64(0) &<< UInt64(truncatingIfNeeded: 32 &- length))
  }
}

extension IPv4Prefix: CustomStringConvertible {
  public var description: String { "\(network)/\(length)" }
}
