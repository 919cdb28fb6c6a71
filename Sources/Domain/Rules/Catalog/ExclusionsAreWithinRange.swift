internal import Addressing

/// An exclusion outside the range has no effect; one that covers the range leaves no address.
enum ExclusionsAreWithinRange: Rule {
  static let requirement = "Every exclusion lies inside the range and does not cover all of it."

  static func evaluate(_ proposed: ProposedRange, _ context: EvaluationContext, _ findings: inout Findings) {
    for (index, written) in proposed.exclusions.enumerated() {
      guard let problem = written.misplacement(in: proposed.range) else { continue }
      findings.addViolation(
        proposed.fields.path(exclusion: index), .invalid(written.text.quoted), problem)
    }
  }
}
