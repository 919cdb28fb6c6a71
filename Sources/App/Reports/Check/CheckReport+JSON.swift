package import JSON
internal import Rules

// docs/cli.md documents the members. New ones may be added; none is renamed.
extension CheckReport {
  /// The output of `check -o json`.
  package var members: [JSONMember] {
    [
      JSONMember("allowed", isAllowed),
      JSONMember(
        "violations",
        violations.map { violation in
          [
            JSONMember("rule", violation.rule), JSONMember("reason", "\(violation.kind.reason)"),
            JSONMember("field", violation.field), JSONMember("message", violation.message),
          ]
        }),
      JSONMember("warnings", warnings.map(\.message)),
      JSONMember("storedAs", storedAs),
      JSONMember("sha1", valueHash?.description),
      JSONMember("change", effect != .none),
      JSONMember("checklist", checklist?.sections.flatMap(\.members) ?? []),
    ] + (preview.map { [JSONMember("preview", .object($0.members))] } ?? [])
  }
}

extension Checklist.Section {
  fileprivate var members: [[JSONMember]] {
    items.map { item in
      [
        JSONMember("rule", item.rule.name), JSONMember("requirement", item.rule.requirement),
        JSONMember("result", item.result.name),
        JSONMember("appliesWhen", item.result == .skip ? group.condition : nil as String?),
      ]
    }
  }
}

extension Checklist.RuleResult {
  fileprivate var name: String {
    switch self {
    case .pass: "pass"
    case .warn: "warn"
    case .fail: "fail"
    case .skip: "skip"
    }
  }
}
