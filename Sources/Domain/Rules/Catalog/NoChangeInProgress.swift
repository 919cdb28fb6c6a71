internal import Addressing

/// A second change during the first leaves network definitions behind that nothing removes. Emptying the value stays possible.
enum NoChangeInProgress: Rule {
  static let requirement = "No earlier change is still in progress."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let condition = change.old.configured, condition.isInProgress, !change.isReset else { return }
    let step = condition.message.isEmpty ? "" : ": \(condition.message.truncated(to: 200))"
    findings.addViolation(
      change.field.rawValue, .forbidden,
      "an earlier change is still in progress (\(condition.reason)\(step)); \(advice(on: change.old, condition, context))"
    )
  }

  private static func advice(
    on stored: SettingObject, _ condition: ConfiguredCondition, _ context: EvaluationContext
  ) -> String {
    if condition.isCreatingDefinition, !stored.hasRecordedHash { return adviceForStuckCondition(condition) }
    if condition.waitsForAddresses, !stored.value.isBlank { return adviceWithoutAddresses(stored.value, context) }
    let wait = "wait until the setting shows Completed (its condition configured is True)"
    return stored.value.isBlank ? wait : "\(wait), or go back by emptying the value (Disabled in the Web UI)"
  }

  /// Harvester stores no other value while the message is `create NAD`; any other message ends that state.
  private static func adviceForStuckCondition(_ condition: ConfiguredCondition) -> String {
    """
    Harvester applies no other value while the condition has this message; replace the message, and wait until the setting's condition \
    configured is True: kubectl patch settings.harvesterhci.io storage-network --type json \
    -p '[{"op":"replace","path":"/status/conditions/\(condition.index)/message","value":"retry"}]'
    """
  }

  /// Waiting for addresses may never end: with an exhausted range, with an unavailable node (harvester/harvester#9375),
  /// and in v1.5 and v1.6 with a witness (harvester/harvester#9325).
  private static func adviceWithoutAddresses(_ value: SettingText, _ context: EvaluationContext) -> String {
    if let range = exhaustedRange(value, context) {
      return """
        its range \(range) is exhausted; empty the value first, wait until that is done, then set the larger range
        """
    }
    return """
      its range has free addresses, so a node is unavailable, or a witness is counted, which needs none; if this persists, empty \
      the value first, wait until that is done, then set the new value
      """
  }

  /// The stored range, if Whereabouts has no free address in it.
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

extension SettingObject {
  /// Whether Harvester has recorded the hash of the value.
  fileprivate var hasRecordedHash: Bool {
    guard case .text(let bytes) = value else { return false }
    return ValueHash(of: bytes).matches(annotations?.hash ?? "")
  }
}

extension ConfiguredCondition {
  fileprivate var waitsForAddresses: Bool { message.lowercased().hasPrefix("ip allocation failure") }
}
