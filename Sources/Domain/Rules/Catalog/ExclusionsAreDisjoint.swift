internal import Addressing

/// Two exclusions that overlap are one too many: at least one of them is not what was meant.
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
          field, .duplicate(written.text.quoted), "must not stand in the list twice; remove one of them")
      } else {
        findings.addViolation(
          field, .invalid(written.text.quoted),
          "must not overlap \(other.text), exclusion \(earlier); \(advice(written, other))")
      }
    }
  }

  /// For each exclusion that overlaps one before it in the list: its index and that of the other.
  ///
  /// In the order of addresses, a network that overlaps any before it overlaps the one that reaches farthest: networks
  /// are nested or apart.
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

  /// Where one has host bits, its mask is the mistake, and ExclusionsAreNetworks says what to write.
  private static func advice(_ one: CIDRField, _ other: CIDRField) -> String {
    one.network == nil || other.network == nil ? "remove one of them" : "keep the larger one"
  }
}

extension CIDR {
  /// What the operator had in mind: host bits mean one address.
  fileprivate var correction: IPv4Prefix { hasHostBits ? IPv4Prefix(containing: address, length: 32) : network }
}
