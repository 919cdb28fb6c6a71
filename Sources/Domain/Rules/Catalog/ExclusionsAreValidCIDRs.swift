package import Addressing

/// The commonest mistake is one address with the range's mask, with which Whereabouts excludes the whole range.
enum ExclusionsAreValidCIDRs: Rule {
  static let requirement = "Every exclusion is an IPv4 network in CIDR notation without host bits."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    let range = fields.network.range.value?.network
    for (index, written) in (fields.network.exclusions.value ?? []).enumerated() {
      guard let problem = written.problem(inside: range) else { continue }
      findings.addViolation(fields.path(exclusion: index), .invalid(written.text.quoted), problem)
    }
  }
}

/// An exclusion as it is written on the command line, which must satisfy the same as in the setting.
package struct ExclusionArgument {
  /// Nil where the text is no network that can be excluded from the range.
  package let network: IPv4Prefix?
  /// The text in quotes, and what it must be; nil where it is right.
  package let problem: String?

  package init(_ text: String, inside range: IPv4Prefix?) {
    let written = CIDRField(text)
    network = written.network
    let problem = written.problem(inside: range) ?? range.flatMap { written.misplacement(in: $0) }
    self.problem = problem.map { "\(text.quoted) \($0)" }
  }
}

extension CIDRField {
  /// What the text must be, and what to write; nil if it is a network. Only values that are accepted are proposed.
  fileprivate func problem(inside range: IPv4Prefix?) -> String? {
    switch reading {
    case .failure(let error): advice(on: error, range)
    case .success(let cidr) where cidr.hasHostBits: hint(on: cidr, range)
    case .success: nil
    }
  }

  private func hint(on cidr: CIDR, _ range: IPv4Prefix?) -> String? {
    // Where the address itself is the mistake, ExclusionsAreWithinRange reports it, and advice on the mask would mislead.
    if let range, !cidr.network.overlaps(range) { return nil }
    let correction = IPv4Prefix(containing: cidr.address, length: 32)
    if let range, !range.contains(correction) {
      return """
        must not have host bits: it excludes all of \(cidr.network), and \(cidr.address) lies outside the range \
        \(range); correct the address or remove the exclusion
        """
    }
    let coversRange = range.map { cidr.network.contains($0) } ?? false
    return """
      must not have host bits: it excludes all of \(cidr.network), not one address; write \(correction) to exclude only \
      that address\(coversRange ? "" : ", or \(cidr.network) if the whole network is meant")
      """
  }

  /// One address as it is written; inside the range, if that is known.
  private func example(in range: IPv4Prefix?) -> String {
    guard let address = range.flatMap({ AddressSet(usableIn: $0).first }) else { return "192.168.0.1/32" }
    return "\(address)/32"
  }

  private func advice(on error: AddressError, _ range: IPv4Prefix?) -> String {
    if error.problem == .missingPrefixLength {
      guard let range, let address = try? IPv4Address(text), !range.contains(address) else {
        return "must end with a prefix length; write \(text)/32 for that one address"
      }
      return """
        must end with a prefix length and lie inside the range \(range); correct the address or remove the exclusion
        """
    }
    guard let mistake = CommonMistake(in: text) else { return error.explanation(example: example(in: range)) }
    let correction =
      mistake.correction.hasHostBits
      ? IPv4Prefix(containing: mistake.correction.address, length: 32) : mistake.correction.network
    // A correction that would be rejected too is not proposed.
    if let range, !range.contains(correction) || correction == range { return mistake.explanation }
    return "\(mistake.explanation); write \(correction)"
  }

  /// Why a network excludes nothing or all of the range; nil otherwise.
  func misplacement(in range: IPv4Prefix) -> String? {
    guard let cidr else { return nil }
    if !cidr.network.overlaps(range) {
      return "must lie inside the range \(range); correct the address or remove the exclusion"
    }
    if cidr.network.contains(range), !cidr.hasHostBits {
      return "must not cover the whole range \(range), of which it leaves no address; exclude less"
    }
    return nil
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
