package import Addressing

/// Every exclusion is a network. The commonest mistake is one address with the range's mask: Whereabouts then excludes
/// the whole range.
enum ExclusionsAreValidCIDRs: Rule {
  static let requirement = "Every exclusion is an IPv4 network in CIDR notation without host bits."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    let range = fields.network.range.value?.network
    for (index, written) in (fields.network.exclusions.value ?? []).enumerated() {
      switch written.reading {
      case .failure(let error):
        let advice = advice(on: error, written.text, range)
        findings.addViolation(fields.path(exclusion: index), .invalid(written.text.quoted), advice)
      case .success(let cidr) where cidr.hasHostBits:
        // Advice on the mask would mislead where the address itself is the slip: ExclusionsLieInRange says so.
        if let range, !cidr.network.overlaps(range) { continue }
        findings.addViolation(
          fields.path(exclusion: index), .invalid(written.text.quoted),
          """
          must not have host bits: it excludes all of \(cidr.network), not one address; write \(cidr.address)/32 to \
          exclude only that address\(alternative(to: cidr, in: range))
          """)
      case .success:
        break
      }
    }
  }

  /// One address as it is written; inside the range, if that is known.
  private static func example(in range: IPv4Prefix?) -> String {
    guard let address = range.flatMap({ AddressSet(usableIn: $0).first }) else { return "192.168.0.1/32" }
    return "\(address)/32"
  }

  /// The whole network, where that would not cover the range.
  private static func alternative(to cidr: CIDR, in range: IPv4Prefix?) -> String {
    if let range, cidr.network.contains(range) { return "" }
    return ", or \(cidr.network) if the whole network is meant"
  }

  private static func advice(on error: AddressError, _ text: String, _ range: IPv4Prefix?) -> String {
    if error.problem == .missingPrefixLength {
      return "must end with a prefix length; write \(text)/32 for that one address"
    }
    guard let mistake = CommonMistake(in: text) else { return error.explanation(example: example(in: range)) }
    let correction =
      mistake.correction.hasHostBits
      ? IPv4Prefix(containing: mistake.correction.address, length: 32) : mistake.correction.network
    // Of one that would be refused in turn only the slip is told.
    if let range, !range.contains(correction) || correction == range { return mistake.explanation }
    return "\(mistake.explanation); write \(correction)"
  }
}

extension AddressError {
  /// What a text that is no CIDR must be.
  package func explanation(example: String = "192.168.0.0/24") -> String {
    switch problem {
    case .empty: "must be an IPv4 network in CIDR notation, for example \(example)"
    case .looksLikeIPv6:
      "must be an IPv4 network, because Harvester's storage network has no IPv6; for example \(example)"
    case .missingPrefixLength: "must end with a prefix length, for example /24"
    case .badPrefixLength: "must end with a prefix length from 0 to 32, for example /24"
    case .numberTooLarge:
      """
      must be an IPv4 network in CIDR notation, but has a number above 255 (see character \(offset + 1)); write for \
      example \(example)
      """
    case .badNumber, .trailingText:
      "must be an IPv4 network in CIDR notation (see character \(offset + 1)); write for example \(example)"
    }
  }
}
