/// Rules with the same subject, and when they apply.
struct RuleGroup<Subject>: Sendable {
  let rules: [any Rule<Subject>.Type]
  let info: RuleGroupInfo

  /// - Parameter condition: When the rules apply, as the end of a sentence that begins with "applies".
  init(_ title: String, applies condition: String, _ rules: [any Rule<Subject>.Type]) {
    self.rules = rules
    info = RuleGroupInfo(
      title: title, condition: condition,
      rules: rules.map { RuleInfo(name: $0.name, requirement: $0.requirement) })
  }
}

/// The description of a group of rules, for checklists.
package struct RuleGroupInfo: Sendable, Equatable {
  package let title: String
  package let condition: String
  package let rules: [RuleInfo]
}

/// The name and the requirement of a rule, for checklists.
package struct RuleInfo: Sendable, Equatable {
  package let name: String
  package let requirement: String
}
