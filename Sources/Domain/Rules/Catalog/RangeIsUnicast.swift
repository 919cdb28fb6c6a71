internal import Addressing

/// Networks whose addresses no host can have, by IANA's registry of special-purpose addresses (RFC 6890).
enum RangeIsUnicast: Rule {
  static let requirement = "The range consists of addresses that hosts can have."

  static let special: [(network: IPv4Prefix, purpose: String)] = [
    (IPv4Prefix(firstOctet: 0, length: 8), "stands for no host in particular"),
    (IPv4Prefix(firstOctet: 127, length: 8), "never leaves a host (loopback)"),
    (IPv4Prefix(firstOctet: 224, length: 4), "is for multicast"),
    (IPv4Prefix(firstOctet: 240, length: 4), "is reserved for future use"),
  ]

  static func evaluate(_ proposed: ProposedRange, _ context: EvaluationContext, _ findings: inout Findings) {
    for (network, purpose) in special where network.overlaps(proposed.range) {
      findings.addViolation(
        proposed.fields.path(.range), .invalid(proposed.written),
        """
        must not \(network.contains(proposed.range) ? "lie in" : "hold") \(network), which \(purpose); \
        \(proposed.fields.adviceOnAnotherRange(like: proposed.range, in: context))
        """)
    }
  }
}

extension IPv4Prefix {
  /// `firstOctet.0.0.0/length`
  init(firstOctet: UInt32, length: Int) {
    self.init(containing: IPv4Address(rawValue: firstOctet << 24), length: length)
  }
}
