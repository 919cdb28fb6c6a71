/// A second change during the first leaves networks behind that nobody removes. Going back to empty stays possible.
enum NoChangeInProgress: Rule {
  static let requirement = "No earlier change is still in progress."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let condition = change.old.configured, condition.isInProgress, !change.isReset else { return }
    let step = condition.message.isEmpty ? "" : ": \(condition.message.truncated(to: 200))"
    findings.addViolation(
      change.field.rawValue, .forbidden,
      "an earlier change is not finished (\(condition.reason)\(step)); \(advice(on: change.old, condition))")
  }

  private static func advice(on stored: SettingObject, _ condition: ConfiguredCondition) -> String {
    if condition.isCreatingDefinition, !stored.hasNotedValue {
      // Harvester stores nothing more while this message stands; any other one frees it.
      return """
        Harvester stores no other value while this message stands; replace it, and wait until the setting's condition \
        configured is True: kubectl patch settings.harvesterhci.io storage-network --type json \
        -p '[{"op":"replace","path":"/status/conditions/\(condition.index)/message","value":"retry"}]'
        """
    }
    let wait = "wait until the setting's condition configured is True"
    return stored.value.isBlank ? wait : "\(wait), or empty the value to go back"
  }
}

extension SettingObject {
  /// Whether Harvester has noted the hash of the value.
  fileprivate var hasNotedValue: Bool {
    guard case .text(let bytes) = value else { return false }
    return ValueHash(of: bytes).isWritten(notes?.hash ?? "")
  }
}
