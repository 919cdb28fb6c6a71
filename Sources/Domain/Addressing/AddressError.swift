/// Why a text is not an IPv4 address or CIDR, and the byte at which parsing stopped.
public struct AddressError: Error, Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    /// The text is empty.
    case empty
    /// The text has a colon.
    case looksLikeIPv6
    /// One of the four numbers is missing, not decimal or has a leading zero.
    case badNumber
    /// One of the four numbers is over 255.
    case numberTooLarge
    /// Other text follows the four numbers.
    case trailingText
    /// The `/` and the prefix length of a CIDR are missing.
    case missingPrefixLength
    /// The text after the `/` is not a number from 0 to 32.
    case badPrefixLength
  }

  public let problem: Problem
  /// The number of bytes before the error.
  public let offset: Int
}
