/// An address with a prefix length as written: `192.168.0.5/24` keeps its host bits.
///
/// An ``IPv4Prefix`` has only the network; a violation for host bits needs the written text and the network.
public struct CIDR: Hashable, Sendable {
  public let address: IPv4Address
  public let length: Int

  /// Parses `a.b.c.d/n` (RFC 4632 section 3.1), strictly: no other text before, between or after.
  public init(_ text: String) throws(AddressError) {
    let bytes = text.utf8
    var scanner = AddressScanner(bytes.span)
    address = try scanner.readAddress()
    length = try scanner.readPrefixLength()
    try scanner.readEnd()
  }

  /// The network of the address, with host bits cleared.
  public var network: IPv4Prefix { IPv4Prefix(containing: address, length: length) }

  public var hasHostBits: Bool { network.network != address }
}

extension CIDR: CustomStringConvertible {
  public var description: String { "\(address)/\(length)" }
}
