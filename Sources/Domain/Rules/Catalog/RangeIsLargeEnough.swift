internal import Addressing

/// Every Longhorn manager needs an address of its own; where they run out, volumes do not attach any more.
enum RangeIsLargeEnough: Rule {
  static let requirement = "The range has an address for everything that needs one."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    let need = AddressRequirement(of: context.facts, choice: context.options.sizing)
    let usable = plan.usable.count
    guard usable < max(need.total, 1) else { return }
    let after = plan.exclusions.isEmpty ? "" : " after its exclusions"
    let version = need.remarkOnVersion(having: usable)
    findings.addViolation(
      plan.fields.path(.range), .invalid(plan.written),
      """
      must have \(max(need.total, 1).counted("usable address")), but has \(usable)\(after); this cluster needs \
      \(need.sum)\(version); \(plan.advice(for: max(need.total, 1)))
      """)
  }
}

extension AddressPlan {
  /// The smallest network around the range that is large enough with the same exclusions.
  fileprivate func advice(for need: Int) -> String {
    // A range that is too large anyway has not to grow; RangeIsNotTooWide says how large it may be.
    guard range.length >= widestPrefixLength else { return "exclude less" }
    for length in stride(from: min(range.length, 30), through: widestPrefixLength, by: -1) {
      let wider = IPv4Prefix(containing: range.network, length: length)
      var usable = AddressSet(usableIn: wider)
      usable.subtract(exclusions)
      if usable.count >= need {
        return "a /\(length) such as \(wider) would have \(usable.count)"
      }
    }
    return exclusions.isEmpty
      ? "even a /\(widestPrefixLength), the largest range allowed, would be too small"
      : "even a /\(widestPrefixLength) would be too small with these exclusions; exclude less"
  }
}
