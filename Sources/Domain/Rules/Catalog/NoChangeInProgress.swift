internal import Addressing

/// A second change during the first leaves network definitions behind that nothing removes. Emptying the value stays possible.
enum NoChangeInProgress: Rule {
  static let requirement = "No earlier change is still in progress."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let condition = change.old.configured, condition.isInProgress, !change.isReset else { return }
    let step = condition.message.isEmpty ? "" : ": \(condition.message.truncated(to: 200))"
    findings.addViolation(
      change.field.rawValue, .forbidden,
      "an earlier change is still in progress (\(condition.reason)\(step)); \(advice(on: change, condition, context))")
  }

  private static func advice(
    on change: Change, _ condition: ConfiguredCondition, _ context: EvaluationContext
  ) -> String {
    let stored = change.old
    if condition.isCreatingDefinition, !stored.hasRecordedHash { return adviceForStuckCondition(condition) }
    if HarvesterPhase(condition) == .allocating, !stored.value.isBlank {
      return adviceWithoutAddresses(change, context)
    }
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
  private static func adviceWithoutAddresses(_ change: Change, _ context: EvaluationContext) -> String {
    guard let stored = plan(of: change.old.value, context) else {
      return "if this persists, \(emptying), then set the new value"
    }
    guard stored.unreserved(in: context).isEmpty else {
      return "its range has free addresses, \(cause(context)); if this persists, \(emptying), then set the new value"
    }
    let exhausted = "its range \(stored.range) is exhausted"
    guard let proposed = plan(of: change.new.value, context), proposed.usable.count > stored.usable.count else {
      return "\(exhausted); \(emptying), then set a larger range than this one"
    }
    return "\(exhausted); \(emptying), then set the range \(proposed.range) again"
  }

  private static let emptying = "empty the value first, wait until that is done"

  /// Why Harvester waits although there are free addresses.
  private static func cause(_ context: EvaluationContext) -> String {
    let witnesses = context.facts.nodes.filter(\.isWitness)
    var causes = context.facts.nodes.filter { !$0.isWitness }.compactMap { node in
      node.outage.map { "\(node.name) is \($0.described)" }
    }
    // https://github.com/harvester/harvester/pull/9364
    if context.facts.version.map({ $0 < HarvesterVersion(1, 7) }) ?? true {
      causes += witnesses.map { "the witness \($0.name) is counted, which needs none" }
    }
    return causes.isEmpty ? "so Longhorn may still be restarting its pods" : "but \(causes.englishList)"
  }

  private static func plan(of value: SettingText, _ context: EvaluationContext) -> AddressPlan? {
    guard case .network(let network) = ParsedSetting(field: .value, text: value).reading,
      let proposed = ProposedRange(ProposedFields(field: .value, network: network))
    else { return nil }
    return AddressPlan(proposed, in: context.facts)
  }
}

extension AddressPlan {
  /// What Whereabouts has not reserved.
  fileprivate func unreserved(in context: EvaluationContext) -> AddressSet {
    var free = usable
    free.subtract(context.facts.reservations.all)
    return free
  }
}
