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
          excludes all of \(cidr.network), not one address; write \(cidr.address)/32 to exclude only \
          that address, or \(cidr.network) if the whole network is meant
          """)
      case .success:
        break
      }
    }
  }

  private static func advice(on error: AddressError, _ text: String, _ range: IPv4Prefix?) -> String {
    if error.problem == .missingPrefixLength { return "has no prefix length; write \(text)/32 for that one address" }
    guard let mistake = CommonMistake(in: text) else { return error.explanation(example: "192.168.0.1/32") }
    let correction =
      mistake.correction.hasHostBits
      ? IPv4Prefix(containing: mistake.correction.address, length: 32) : mistake.correction.network
    // Of one that would be refused in turn only the slip is told.
    if let range, !range.contains(correction) || correction == range { return mistake.explanation }
    return "\(mistake.explanation); write \(correction)"
  }
}

extension AddressError {
  /// Why a text is no CIDR, as the rest of a sentence that begins with the text.
  package func explanation(example: String = "192.168.0.0/24") -> String {
    switch problem {
    case .empty: "is empty; give an IPv4 network, such as \(example)"
    case .looksLikeIPv6: "is not IPv4; Harvester's storage network takes IPv4 networks only"
    case .missingPrefixLength: "has no prefix length; end it with one, such as /24"
    case .badPrefixLength: "does not end in a prefix length from 0 to 32, such as /24"
    case .numberTooLarge:
      """
      is not an IPv4 network in CIDR notation: it has a number above 255 (see character \(offset + 1)); write for \
      example \(example)
      """
    case .badNumber, .trailingText:
      "is not an IPv4 network in CIDR notation (see character \(offset + 1)); write for example \(example)"
    }
  }
}
