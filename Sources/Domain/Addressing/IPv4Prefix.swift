/// An IPv4 network such as `192.168.0.0/24`: its first address and the count of leading bits that are fixed.
///
/// The bits behind the prefix are always zero, so two equal networks are equal values (RFC 4632 section 3.1).
package struct IPv4Prefix: Hashable, Sendable {
  /// The network's first address.
  package let network: IPv4Address
  /// How many leading bits are fixed, 0 to 32.
  package let length: Int

  /// The network of this length that `address` lies in.
  package init(holding address: IPv4Address, length: Int) {
    precondition((0...32).contains(length), "a prefix length is 0 to 32")
    self.network = IPv4Address(rawValue: address.rawValue & Self.mask(length))
    self.length = length
  }

  package var first: IPv4Address { network }
  package var last: IPv4Address { IPv4Address(rawValue: network.rawValue | ~Self.mask(length)) }
  package var addresses: AddressInterval { AddressInterval(first, last) }

  package func contains(_ address: IPv4Address) -> Bool {
    address.rawValue & Self.mask(length) == network.rawValue
  }

  package func contains(_ other: IPv4Prefix) -> Bool {
    length <= other.length && contains(other.network)
  }

  /// Two networks either share no address or one holds the other whole.
  package func overlaps(_ other: IPv4Prefix) -> Bool {
    contains(other) || other.contains(self)
  }

  private static func mask(_ length: Int) -> UInt32 {
    // The smart shift gives 0 for a shift by 32, which is what a /0 needs.
    UInt32.max << (32 - length)
  }
}

extension IPv4Prefix: CustomStringConvertible {
  package var description: String { "\(network)/\(length)" }
}
