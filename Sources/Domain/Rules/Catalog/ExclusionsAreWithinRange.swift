internal import Addressing

/// An exclusion outside the range excludes nothing and is a slip; one that covers the range leaves no address.
enum ExclusionsAreWithinRange: Rule {
  static let requirement = "Every exclusion lies inside the range and leaves some of it."

  static func evaluate(_ proposed: ProposedRange, _ context: EvaluationContext, _ findings: inout Findings) {
    for (index, written) in proposed.exclusions.enumerated() {
      guard let cidr = written.cidr else { continue }
      let field = proposed.fields.path(exclusion: index)
      if !cidr.network.overlaps(proposed.range) {
        findings.addViolation(
          field, .invalid(written.text.quoted),
          "must lie inside the range \(proposed.range); correct the address or remove the exclusion")
      } else if cidr.network.contains(proposed.range), !cidr.hasHostBits {
        findings.addViolation(
          field, .invalid(written.text.quoted),
          "must not cover the whole range \(proposed.range), of which it leaves no address; exclude less")
      }
    }
  }
}
