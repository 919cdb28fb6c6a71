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
            JSONMember("rule", violation.rule), JSONMember("field", violation.field),
            JSONMember("message", violation.message),
          ]
        }),
      JSONMember("warnings", warnings.map(\.message)),
      JSONMember("storedAs", storedAs),
      JSONMember("sha1", fingerprint?.description),
      JSONMember("isChange", effect != .none),
      JSONMember("checklist", checklist?.sections.flatMap(\.members) ?? []),
    ]
  }
}

extension Checklist.Section {
  fileprivate var members: [[JSONMember]] {
    items.map { item in
      [
        JSONMember("rule", item.article.name), JSONMember("demand", item.article.demand),
        JSONMember("answer", item.answer.name),
        JSONMember("asked", item.answer == .notAsked ? chapter.condition : nil as String?),
      ]
    }
  }
}

extension Checklist.Answer {
  fileprivate var name: String {
    switch self {
    case .kept: "kept"
    case .warned: "warned"
    case .broken: "broken"
    case .notAsked: "notAsked"
    }
  }
}
