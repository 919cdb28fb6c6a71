internal import JSON
internal import Rules

/// What `check` found, for people and for programs.
struct CheckReport {
  /// The text that would be stored, where it is not the proposed one.
  let storedAs: String?
  let violations: [Violation]
  let warnings: [Warning]

  var isAllowed: Bool { violations.isEmpty }

  /// Judges as the API server lets the webhooks judge: first the value is normalised, then validated.
  init(of proposed: ProposedChange, in facts: ClusterFacts, options: RulesetOptions) {
    guard case .change(let change) = proposed else {
      (storedAs, violations, warnings) = (nil, [], [])
      return
    }
    storedAs = change.normalisedValue.map { String(decoding: $0, as: UTF8.self) }
    switch Ruleset(options: options).judge(change.normalised, in: { facts }) {
    case .allowed(let warnings):
      (violations, self.warnings) = ([], warnings)
    case .denied(let violations, let warnings):
      (self.violations, self.warnings) = (violations, warnings)
    }
  }

  func shown(as format: ReportFormat) -> String {
    switch format {
    case .text: text
    case .json: json
    }
  }

  private var text: String {
    var lines = [isAllowed ? "allowed" : "denied"]
    lines += violations.map { "  ✗ \($0.field): \($0.message)" }
    lines += warnings.map { "  ! \($0.message)" }
    if let storedAs { lines.append("  stored as \(storedAs.isEmpty ? "the empty text" : storedAs)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private var json: String {
    var writer = JSONWriter()
    writer.append(raw: isAllowed ? #"{"allowed":true,"violations":["# : #"{"allowed":false,"violations":["#)
    for (index, violation) in violations.enumerated() {
      writer.append(
        sorted: .object([
          JSONMember(key: "rule", value: .string(violation.rule)),
          JSONMember(key: "field", value: .string(violation.field)),
          JSONMember(key: "message", value: .string(violation.message)),
        ]))
      if index < violations.count - 1 { writer.append(raw: ",") }
    }
    writer.append(raw: #"],"warnings":"#)
    writer.append(array: warnings.map { .string($0.message) })
    writer.append(raw: #","storedAs":"#)
    writer.append(sorted: storedAs.map(JSONValue.string) ?? .null)
    writer.append(raw: "}\n")
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
