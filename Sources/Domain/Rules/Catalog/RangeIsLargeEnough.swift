internal import Addressing

/// Every Longhorn manager needs an address of its own; where they run out, volumes do not attach any more. Addresses that
/// Whereabouts keeps for pods that are gone cannot be given to others.
enum RangeIsLargeEnough: Rule {
  static let requirement = "The range has an address for everything that needs one."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    let need = AddressRequirement(of: context.facts, choice: context.options.sizing)
    let usable = plan.usable.count
    guard plan.available < max(need.total, 1) else { return }
    let version = need.remarkOnVersion(having: plan.available)
    if usable >= max(need.total, 1) {
      return findings.addViolation(
        plan.fields.path(.range), .invalid(plan.written),
        """
        \(plan.kept.count) of \(usable.counted("usable address")) are kept for \
        \(plan.keepers(in: context)), \(plan.available) \(plan.available == 1 ? "is" : "are") left of the \(need.total) \
        that are needed (\(need.sum))\(version); free them first: \(plan.commandsToFree(in: context)); or \
        \(plan.fields.adviceOnAnotherRange(like: plan.range, in: context))
        """)
    }
    let after = plan.exclusions.isEmpty ? "" : " after its exclusions"
    let kept = plan.kept.isEmpty ? "" : ", of which \(plan.kept.count) are kept for \(plan.keepers(in: context))"
    findings.addViolation(
      plan.fields.path(.range), .invalid(plan.written),
      """
      must have \(max(need.total, 1).counted("usable address")), but has \(usable)\(after)\(kept); this cluster needs \
      \(need.sum)\(version); \(plan.advice(for: max(need.total, 1), context))
      """)
  }
}

extension AddressPlan {
  /// The smallest network around the range that is large enough with the same exclusions.
  fileprivate func advice(for need: Int, _ context: EvaluationContext) -> String {
    // A range that is too large anyway has not to grow; RangeIsNotTooLarge says how large it may be.
    guard range.length >= widestPrefixLength else { return "exclude less" }
    for length in stride(from: min(range.length, 30), through: widestPrefixLength, by: -1) {
      let wider = IPv4Prefix(containing: range.network, length: length)
      var usable = AddressSet(usableIn: wider)
      usable.subtract(exclusions)
      let count = usable.count
      usable.subtract(context.facts.reservations.kept)
      guard usable.count >= need else { continue }
      return fields.accepts(wider, excluding: exclusions, in: context)
        ? "a /\(length) such as \(wider) would have \(count)" : fields.adviceOnAnotherRange(like: wider, in: context)
    }
    return exclusions.isEmpty
      ? "even a /\(widestPrefixLength), the largest range allowed, would be too small"
      : "even a /\(widestPrefixLength) would be too small with these exclusions; exclude less"
  }
}
