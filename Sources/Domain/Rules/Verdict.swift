/// The result of evaluating a change.
package enum Verdict: Sendable, Equatable {
  case allowed(warnings: [Warning])
  case denied([Violation], warnings: [Warning])
}

/// A message that does not deny the change.
package struct Warning: Sendable, Equatable {
  package let rule: String
  /// At most ``maxLength`` characters, all of them ASCII.
  ///
  /// The API server puts a warning into a header (RFC 7234 section 5.5), and Harvester's Web UI reads headers as Latin-1.
  package let message: String

  /// The Kubernetes API server cuts warnings longer than 256 characters.
  package static let maxLength = 255

  /// The bytes of an object's name in a warning. With its namespace a name may have 317 bytes; the longest warning with a
  /// shortened one still ends with its advice.
  static let maxNameLength = 80

  package init(rule: String, message: String) {
    self.rule = rule
    self.message = message.ascii(upTo: Self.maxLength)
  }

  /// Returns as few warnings as name every element, with at most ``NameList/limit`` in each.
  ///
  /// - Parameters:
  ///   - start: The beginning of the first warning.
  ///   - next: The beginning of the others.
  static func lines(of elements: [String], after start: String, thenAfter next: String) -> [String] {
    var lines: [String] = []
    var part: [String] = []
    func line(_ part: [String]) -> String { (lines.isEmpty ? start : next) + part.englishList }
    for element in elements {
      if part.count == NameList.limit || !part.isEmpty && line(part + [element]).utf8.count > maxLength {
        lines.append(line(part))
        part = []
      }
      part.append(element)
    }
    return part.isEmpty ? lines : lines + [line(part)]
  }
}

/// The error of a review that cannot be decided, because the facts are not known.
package struct UnavailableError: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String
  package var description: String { message }

  package init(message: String) {
    self.message = message
  }
}

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
    _ rules: [any Rule<Subject>.Type], about subject: Subject, _ context: EvaluationContext
  ) {
    evaluatedRules?.formUnion(rules.map { $0.name })
    for rule in rules {
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
