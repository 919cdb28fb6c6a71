package import JSON
internal import Rules

// docs/cli.md says what the members mean. They are added to, never renamed.
extension CheckReport {
  /// What `check -o json` prints; docs/cli.md tells what each member means.
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
      JSONMember("isChange", effect != .none),
      JSONMember("checklist", checklist?.sections.flatMap(\.members) ?? []),
    ]
  }
}

extension Checklist.Section {
  fileprivate var members: [[JSONMember]] {
    items.map { item in
      [
        JSONMember("rule", item.rule.name), JSONMember("demand", item.rule.requirement),
        JSONMember("answer", item.result.name),
        JSONMember("asked", item.result == .skip ? group.condition : nil as String?),
      ]
    }
  }
}

extension Checklist.RuleResult {
  fileprivate var name: String {
    switch self {
    case .pass: "kept"
    case .warn: "warned"
    case .fail: "broken"
    case .skip: "notAsked"
    }
  }
}
