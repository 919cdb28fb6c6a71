/// Every rule with its result for one change.
package struct Checklist: Sendable, Equatable {
  package enum RuleResult: Sendable, Equatable {
    case pass
    /// Satisfied, with warnings.
    case warn([Warning])
    case fail([Violation], warnings: [Warning])
    /// Not evaluated: the subject of the rule is missing or invalid.
    case skip
  }

  package struct Item: Sendable, Equatable {
    package let rule: RuleInfo
    package let result: RuleResult
  }

  package struct Section: Sendable, Equatable {
    package let group: RuleGroupInfo
    package let items: [Item]

    package var isEvaluated: Bool { items.contains { $0.result != .skip } }
  }

  package let sections: [Section]
  package let verdict: Verdict

  init(_ findings: Findings) {
    sections = RuleCatalog.groups.map { group in
      Section(group: group, items: group.rules.map { Item(rule: $0, result: RuleResult(of: $0, findings)) })
    }
    verdict = findings.verdict
  }
}

extension Checklist.RuleResult {
  fileprivate init(of rule: RuleInfo, _ findings: Findings) {
    let violations = findings.violations.filter { $0.rule == rule.name }
    let warnings = findings.warnings.filter { $0.rule == rule.name }
    if !violations.isEmpty {
      self = .fail(violations, warnings: warnings)
    } else if !warnings.isEmpty {
      self = .warn(warnings)
    } else {
      self = findings.evaluatedRules?.contains(rule.name) == true ? .pass : .skip
    }
  }
}
