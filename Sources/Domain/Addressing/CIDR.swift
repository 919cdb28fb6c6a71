/// An address with a prefix length exactly as somebody wrote it: `192.168.0.5/24` keeps its host bits.
///
/// A ``IPv4Prefix`` cannot say what was written, only which network is meant; refusing host bits with the right
/// advice needs both.
public struct CIDR: Hashable, Sendable {
  public let address: IPv4Address
  public let length: Int

  /// Reads `a.b.c.d/n` (RFC 4632 section 3.1), strictly: nothing before, between or behind.
  public init(_ text: String) throws(AddressError) {
    let bytes = text.utf8
    var scanner = AddressScanner(bytes.span)
    address = try scanner.readAddress()
    length = try scanner.readPrefixLength()
    try scanner.readEnd()
  }

  /// The network the address lies in: the host bits cleared.
  public var network: IPv4Prefix { IPv4Prefix(containing: address, length: length) }

  public var hasHostBits: Bool { network.network != address }
}

extension CIDR: CustomStringConvertible {
  public var description: String { "\(address)/\(length)" }
}
