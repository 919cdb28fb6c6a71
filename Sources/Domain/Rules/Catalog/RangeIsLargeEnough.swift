internal import Addressing

/// Every Longhorn manager needs its own address; without one, volumes do not attach. Addresses that Whereabouts keeps for
/// pods that are gone are not available.
enum RangeIsLargeEnough: Rule {
  static let requirement = "The range has enough addresses."

  static func evaluate(_ plan: AddressPlan, _ context: EvaluationContext, _ findings: inout Findings) {
    let need = AddressRequirement(of: context.facts, choice: context.options.sizing)
    let usable = plan.usable.count
    guard plan.available < max(need.total, 1) else { return }
    let version = need.unknownVersionNote(available: plan.available)
    if usable >= max(need.total, 1) {
      return findings.addViolation(
        plan.fields.path(.range), .invalid(plan.written),
        """
        must have \(max(need.total, 1)) free addresses, but has \(plan.available): \(plan.kept.count) of \
        \(usable.counted("usable address")) \(plan.kept.count == 1 ? "is" : "are") kept for \(plan.reservationHolders(in: context)); \
        this cluster needs \(need.sum)\(version); \(plan.advice(lacking: max(need.total, 1) - plan.available, context))
        """)
    }
    let after = plan.exclusions.isEmpty ? "" : " after its exclusions"
    let areKept = "\(plan.kept.count) \(plan.kept.count == 1 ? "is" : "are") kept"
    let kept = plan.kept.isEmpty ? "" : ", of which \(areKept) for \(plan.reservationHolders(in: context))"
    findings.addViolation(
      plan.fields.path(.range), .invalid(plan.written),
      """
      must have \(max(need.total, 1).counted("usable address")), but has \(usable)\(after)\(kept); this cluster needs \
      \(need.sum)\(version); \(plan.advice(for: max(need.total, 1), context))
      """)
  }
}

extension AddressPlan {
  /// The advice where only reservations leave too few addresses; the surer way first.
  fileprivate func advice(lacking count: Int, _ context: EvaluationContext) -> String {
    let free = adviceToFree(count, in: context)
    let otherRange = fields.adviceOnAnotherRange(like: range, in: context)
    return free.isEnough ? "\(free.text); or \(otherRange)" : "\(otherRange), or \(free.text)"
  }

  /// Proposes the smallest network around the range that is large enough with the same exclusions.
  fileprivate func advice(for need: Int, _ context: EvaluationContext) -> String {
    // RangeIsNotTooLarge already rejects a wider range, so only the exclusions can be at fault.
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
