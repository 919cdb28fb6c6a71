internal import Addressing

/// Of two overlapping exclusions at least one is a mistake.
enum ExclusionsAreDisjoint: Rule {
  static let requirement = "No two exclusions overlap."

  static func evaluate(_ proposed: ProposedRange, _ context: EvaluationContext, _ findings: inout Findings) {
    guard proposed.exclusions.count > 1 else { return }
    for (index, earlier) in overlaps(in: proposed.exclusions) {
      let written = proposed.exclusions[index]
      let other = proposed.exclusions[earlier]
      let field = proposed.fields.path(exclusion: index)
      if other.text == written.text {
        findings.addViolation(
          field, .duplicate(written.text.quoted), "must not be repeated; remove one of them")
      } else {
        findings.addViolation(
          field, .invalid(written.text.quoted),
          "must not overlap \(other.text), exclusion \(earlier); \(advice(written, other))")
      }
    }
  }

  /// Returns, for each exclusion that overlaps an earlier one in the list, its index and that of the earlier one.
  ///
  /// Networks are nested or disjoint, so in address order a network that overlaps any previous one overlaps the one that
  /// reaches farthest.
  private static func overlaps(in exclusions: [CIDRField]) -> [(index: Int, earlier: Int)] {
    let networks = exclusions.enumerated().compactMap { index, written in
      written.cidr.map { (index: index, network: $0.correction) }
    }
    var earlier: [Int: Int] = [:]
    var outer: (index: Int, network: IPv4Prefix)?
    for inner in networks.sorted(by: { ($0.network.first, $0.network.length) < ($1.network.first, $1.network.length) })
    {
      if let outer, outer.network.overlaps(inner.network) {
        let (first, second) = (min(outer.index, inner.index), max(outer.index, inner.index))
        earlier[second] = min(earlier[second] ?? first, first)
      } else {
        outer = inner
      }
    }
    return earlier.sorted { $0.key < $1.key }.map { (index: $0.key, earlier: $0.value) }
  }

  /// With host bits the mask is the mistake; ExclusionsAreValidCIDRs reports the correction.
  private static func advice(_ one: CIDRField, _ other: CIDRField) -> String {
    one.network == nil || other.network == nil ? "remove one of them" : "keep the larger one"
  }
}

extension CIDR {
  /// The intended network: host bits mean a single address.
  fileprivate var correction: IPv4Prefix { hasHostBits ? IPv4Prefix(containing: address, length: 32) : network }
}
