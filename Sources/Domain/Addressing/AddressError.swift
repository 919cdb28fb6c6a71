/// Why a text is not an IPv4 address or CIDR, and where reading it stopped.
public struct AddressError: Error, Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    /// There is nothing to read.
    case empty
    /// The text has a colon where IPv4 has dots.
    case looksLikeIPv6
    /// One of the four numbers is missing, not a decimal or has a leading zero.
    case badNumber
    /// One of the four numbers is over 255.
    case numberTooLarge
    /// Four numbers were read and something that belongs to no address follows.
    case trailingText
    /// An address without the `/` and the prefix length a CIDR has.
    case missingPrefixLength
    /// What follows the `/` is not a number from 0 to 32.
    case badPrefixLength
  }

  public let problem: Problem
  /// Count of bytes before the place where reading stopped.
  public let offset: Int
}
