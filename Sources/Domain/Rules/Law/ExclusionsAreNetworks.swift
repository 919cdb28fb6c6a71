package import Addressing

/// Every exclusion is a network. The commonest mistake is one address with the range's mask: Whereabouts then excludes
/// the whole range.
enum ExclusionsAreNetworks: Rule {
  static let demand = "Every exclusion is an IPv4 network in CIDR notation without host bits."

  static func judge(_ entries: Entries, _ world: World, _ findings: inout Findings) {
    let range = entries.network.range.value?.network
    for (index, written) in (entries.network.exclusions.value ?? []).enumerated() {
      switch written.reading {
      case .failure(let error):
        let advice =
          error.problem == .missingPrefixLength
          ? "has no prefix length; write \(written.text)/32 for that one address" : error.explanation
        findings.refuse(entries.path(exclusion: index), "\(written.text.quoted) \(advice)")
      case .success(let cidr) where cidr.hasHostBits:
        // Advice on the mask would mislead where the address itself is the slip: ExclusionsLieInRange says so.
        if let range, !cidr.network.overlaps(range) { continue }
        findings.refuse(
          entries.path(exclusion: index),
          """
          \(written.text) excludes all of \(cidr.network), not one address; write \(cidr.address)/32 to exclude only \
          that address, or \(cidr.network) if the whole network is meant
          """)
      case .success:
        break
      }
    }
  }
}

extension AddressError {
  /// Why a text is no CIDR, as the rest of a sentence that begins with the text.
  package var explanation: String {
    switch problem {
    case .empty: "is empty; give an IPv4 network, such as 192.168.0.0/24"
    case .looksLikeIPv6: "is not IPv4; Harvester's storage network takes IPv4 networks only"
    case .missingPrefixLength: "has no prefix length; end it with one, such as /24"
    case .badPrefixLength: "does not end in a prefix length from 0 to 32, such as /24"
    case .badNumber, .trailingText:
      "is not an IPv4 network in CIDR notation (see character \(offset + 1)); write for example 192.168.0.0/24"
    }
  }
}
