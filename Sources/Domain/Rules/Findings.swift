/// The violations and warnings so far, in evaluation order.
struct Findings {
  private(set) var violations: [Violation] = []
  private(set) var warnings: [Warning] = []
  /// The rule in evaluation; nil before the first one.
  private var rule: (any Rule.Type)?
  private var violationsOfRule = 0
  private var warningsOfRule = 0
  /// The names of the evaluated rules; nil where they are not recorded, as in a review.
  private(set) var evaluatedRules: Set<String>?

  /// Whether there is a violation.
  private(set) var hasViolation = false
  private let writesMessages: Bool

  /// - Parameter writesMessages: False where only ``hasViolation`` is needed; no message is built then.
  init(recordsEvaluatedRules: Bool = false, writesMessages: Bool = true) {
    evaluatedRules = recordsEvaluatedRules ? [] : nil
    self.writesMessages = writesMessages
  }

  /// Adds a violation. Those of one rule beyond the tenth are only counted and their messages not built, so that a value
  /// with ten thousand mistakes has a short response.
  mutating func addViolation(
    _ field: @autoclosure () -> String, _ kind: @autoclosure () -> Violation.Kind, _ detail: @autoclosure () -> String
  ) {
    violationsOfRule += 1
    hasViolation = true
    guard writesMessages, violationsOfRule <= NameList.limit else { return }
    violations.append(Violation(rule: rule?.name ?? "", field: field(), kind(), detail()))
  }

  mutating func addWarning(_ message: @autoclosure () -> String) {
    warningsOfRule += 1
    guard writesMessages, warningsOfRule <= NameList.limit else { return }
    warnings.append(Warning(rule: rule?.name ?? "", message: message()))
  }

  /// Adds the lines of one warning, of which each must be short.
  mutating func addWarnings(_ messages: @autoclosure () -> [String]) {
    guard writesMessages else { return }
    for message in messages() { addWarning(message) }
  }

  mutating func evaluate<Subject>(
    _ group: RuleGroup<Subject>, about subject: Subject, _ context: EvaluationContext
  ) {
    evaluatedRules?.formUnion(group.info.rules.map(\.name))
    for rule in group.rules {
      self.rule = rule
      (violationsOfRule, warningsOfRule) = (0, 0)
      rule.evaluate(subject, context, &self)
      if max(violationsOfRule, warningsOfRule) > NameList.limit { addOmittedCounts(of: rule) }
    }
  }

  private mutating func addOmittedCounts(of rule: any Rule.Type) {
    if violationsOfRule > NameList.limit, let field = violations.last?.field {
      let more = violationsOfRule - NameList.limit
      // The last one is in `value.exclude[9]`; the others are in the same list.
      violations.append(
        Violation(
          rule: rule.name, field: String(field.prefix { $0 != "[" }), .invalid(nil),
          "\(more) more \(more == 1 ? "is" : "are") refused for the same reason"))
    }
    if warningsOfRule > NameList.limit {
      warnings.append(
        Warning(
          rule: rule.name, message: "\((warningsOfRule - NameList.limit).counted("more warning")) of this kind"))
    }
  }

  /// Marks the only violation, so that the operator knows that no other one follows.
  mutating func markOnlyBlocker() {
    if violations.count == 1, violations[0].kind == .forbidden {
      violations[0].isOnlyBlocker = true
    }
  }

  var verdict: Verdict {
    violations.isEmpty ? .allowed(warnings: warnings) : .denied(violations, warnings: warnings)
  }
}
