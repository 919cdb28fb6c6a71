internal import Addressing

/// A second change during the first leaves networks behind that nothing removes. Going back to empty stays possible.
enum NoChangeInProgress: Rule {
  static let requirement = "No earlier change is still in progress."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let condition = change.old.configured, condition.isInProgress, !change.isReset else { return }
    let step = condition.message.isEmpty ? "" : ": \(condition.message.truncated(to: 200))"
    let stands = "an earlier change is not finished (\(condition.reason)\(step))"
    if condition.waitsForAddresses, !change.old.value.isBlank {
      return findings.addViolation(change.field.rawValue, "Forbidden: \(stands); \(advice(on: change, context))")
    }
    findings.addViolation(
      change.field.rawValue,
      """
      an earlier change is not finished (\(condition.reason)\(step)); wait until the setting's condition configured is \
      True, or empty the value to go back
      """)
  }

  /// The condition that waits for addresses may stand for ever: with a range that is used up, with a node that is away
  /// (harvester/harvester#9375), and in v1.5 and v1.6 with a witness (harvester/harvester#9325).
  private static func advice(on change: Change, _ context: EvaluationContext) -> String {
    if let range = exhaustedRange(change.old.value, context) {
      return """
        its range \(range) is exhausted; empty the value first, wait until that is done, then set the larger range
        """
    }
    return """
      its range has free addresses, so a node is away, or a witness is counted, which needs none; if it stays so, empty \
      the value first, wait until that is done, then set the new value
      """
  }

  /// The range in force, if Whereabouts has no address of it left.
  private static func exhaustedRange(_ value: SettingText, _ context: EvaluationContext) -> IPv4Prefix? {
    guard case .network(let network) = ParsedSetting(field: .value, text: value).reading,
      let proposed = ProposedRange(ProposedFields(field: .value, network: network)),
      let plan = AddressPlan(proposed, in: context.facts)
    else { return nil }
    var free = plan.usable
    free.subtract(context.facts.reservations.all)
    return free.isEmpty ? plan.range : nil
  }
}

extension ConfiguredCondition {
  fileprivate var waitsForAddresses: Bool { message.lowercased().hasPrefix("ip allocation failure") }
}
