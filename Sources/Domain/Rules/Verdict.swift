/// What the rules say of a change.
package enum Verdict: Sendable, Equatable {
  case allowed(warnings: [Warning])
  case denied([Violation], warnings: [Warning])
}

/// One rule that a change breaks: where, and what the operator has to know and do.
package struct Violation: Sendable, Equatable {
  /// The rule's name, the fact that it demands.
  package let rule: String
  /// The place in the setting, such as `value.range` or `default.exclude[1]`.
  package let field: String
  /// One sentence or a few on one line.
  package let message: String

  package init(rule: String, field: String, message: String) {
    self.rule = rule
    self.field = field
    self.message = message
  }
}

/// Something the operator should know although the change is allowed.
package struct Warning: Sendable, Equatable {
  package let rule: String
  /// At most ``longest`` bytes.
  package let message: String

  /// The Kubernetes API server cuts warnings longer than 256 characters.
  package static let longest = 255

  package init(rule: String, message: String) {
    self.rule = rule
    self.message = message.cut(to: Self.longest)
  }
}

/// The inability to decide: nobody's value is wrong, we do not know enough.
package struct Fault: Error, Sendable, Equatable {
  package let message: String

  package init(message: String) {
    self.message = message
  }
}

/// What the rules have found so far, in the order of the law.
struct Findings {
  private(set) var violations: [Violation] = []
  private(set) var warnings: [Warning] = []
  /// The rule that is being asked; nil before the first one.
  private var rule: (any Rule.Type)?

  mutating func refuse(_ field: String, _ message: String) {
    violations.append(Violation(rule: rule?.name ?? "", field: field, message: message))
  }

  mutating func warn(_ message: String) {
    warnings.append(Warning(rule: rule?.name ?? "", message: message))
  }

  mutating func ask<Subject>(_ rules: [any Rule<Subject>.Type], about subject: Subject, _ world: World) {
    for rule in rules {
      self.rule = rule
      rule.judge(subject, world, &self)
    }
  }

  var verdict: Verdict {
    violations.isEmpty ? .allowed(warnings: warnings) : .denied(violations, warnings: warnings)
  }
}
