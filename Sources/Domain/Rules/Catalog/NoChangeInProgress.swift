/// A second change during the first leaves networks behind that nobody removes. Going back to empty stays possible.
enum NoChangeInProgress: Rule {
  static let requirement = "No earlier change is still in progress."

  static func evaluate(_ change: Change, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let condition = change.old.configured, condition.isInProgress, !change.isReset else { return }
    let step = condition.message.isEmpty ? "" : ": \(condition.message.truncated(to: 200))"
    findings.addViolation(
      change.field.rawValue, .forbidden,
      """
      an earlier change is not finished (\(condition.reason)\(step)); wait until the setting shows Completed (its \
      condition configured is True), or go back by emptying the value (Disabled in the Web UI)
      """)
  }
}
