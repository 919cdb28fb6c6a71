internal import Addressing

/// Harvester accepts no range wider than a /16.
enum RangeIsNotTooLarge: Rule {
  static let requirement = "The range is a /16 or smaller."

  static func evaluate(_ proposed: ProposedRange, _ context: EvaluationContext, _ findings: inout Findings) {
    guard proposed.range.length < widestPrefixLength else { return }
    findings.addViolation(
      proposed.fields.path(.range), .invalid(proposed.written),
      """
      must not be wider than a /\(widestPrefixLength), which has 65534 addresses; \
      \(proposed.fields.adviceOnAnotherRange(like: proposed.range, in: context))
      """)
  }
}

/// The prefix length of the widest range that Harvester accepts.
package let widestPrefixLength = 16
