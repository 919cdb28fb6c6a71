/// An IPv4 address as an integer.
///
/// Comparisons, containment and counts are register arithmetic; no rule iterates over the addresses of a range.
public struct IPv4Address: RawRepresentable, Hashable, Comparable, Sendable {
  /// The 32 bits in host byte order: `10.0.0.1` is `0x0A00_0001`.
  public let rawValue: UInt32

  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Parses the dotted form of RFC 6943 section 3.1.1: four decimal numbers, 0 to 255, without leading zeros.
  ///
  /// Leading zeros are rejected because some programs read them as octal.
  public init(_ text: String) throws(AddressError) {
    let bytes = text.utf8
    var scanner = AddressScanner(bytes.span)
    self = try scanner.readAddress()
    try scanner.readEnd()
  }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension IPv4Address: CustomStringConvertible {
  public var description: String {
    "\(rawValue >> 24).\(rawValue >> 16 & 255).\(rawValue >> 8 & 255).\(rawValue & 255)"
  }
}
