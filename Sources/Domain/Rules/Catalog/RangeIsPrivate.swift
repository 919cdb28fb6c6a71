internal import Addressing

/// A public range works on an isolated network, but makes internet hosts with these addresses unreachable.
enum RangeIsPrivate: Rule {
  static let requirement = "The range is private."

  /// RFC 1918 section 3, beginning with the range that large sites use least.
  static let suggested = [
    IPv4Prefix(containing: IPv4Address(rawValue: 192 << 24 | 168 << 16), length: 16),
    IPv4Prefix(containing: IPv4Address(rawValue: 172 << 24 | 16 << 16), length: 12),
    IPv4Prefix(firstOctet: 10, length: 8),
  ]

  /// RFC 1918, and ranges that are not routed on the internet: RFC 6598, RFC 2544.
  private static let privateNetworks =
    suggested + [
      IPv4Prefix(containing: IPv4Address(rawValue: 100 << 24 | 64 << 16), length: 10),
      IPv4Prefix(containing: IPv4Address(rawValue: 198 << 24 | 18 << 16), length: 15),
    ]

  /// RFC 3927 section 2.1.
  private static let linkLocal = IPv4Prefix(containing: IPv4Address(rawValue: 169 << 24 | 254 << 16), length: 16)

  static func evaluate(_ proposed: ProposedRange, _ context: EvaluationContext, _ findings: inout Findings) {
    let range = proposed.range
    if linkLocal.contains(range) {
      return findings.addWarning(
        """
        \(proposed.fields.path(.range)): \(range) lies in \(linkLocal), from which hosts take addresses by themselves \
        (link-local); private are 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16
        """)
    }
    guard !privateNetworks.contains(where: { $0.contains(range) }),
      // RangeIsUnicast rejects these.
      !RangeIsUnicast.special.contains(where: { $0.network.overlaps(range) })
    else { return }
    findings.addWarning(
      """
      \(proposed.fields.path(.range)): \(range) is not a private range; hosts on the internet with these \
      addresses could not be reached from the storage pods. Private are 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16
      """)
  }
}
