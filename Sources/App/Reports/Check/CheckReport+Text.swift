internal import Rules

extension CheckReport: Report {
  /// How much of the checklist is printed.
  package enum Detail: Sendable {
    /// Every rule with its result.
    case everyRule
    /// Violations and warnings, and the number of the rules that hold.
    case groups
    /// Violations and warnings only.
    case findings
  }

  package func styledText(within width: Int?) -> StyledText {
    var styledText = StyledText()
    let sections = checklist?.sections ?? []
    switch detail {
    case .everyRule:
      for section in sections {
        styledText.add(section.heading)
        for item in section.items { styledText.add(item) }
        styledText.addBlank()
      }
    case .groups:
      for section in sections { styledText.addSummary(of: section) }
      styledText.addBlank()
    case .findings:
      for section in sections { for item in section.findings { styledText.add(item) } }
      styledText.addBlank()
    }
    if let preview {
      styledText.add(preview.styledText(within: width))
      styledText.addBlank()
    }
    addVerdict(to: &styledText)
    return styledText
  }

  private func addVerdict(to styledText: inout StyledText) {
    let broken = checklist?.sections.lazy.flatMap(\.items).filter(\.isFailed).count ?? 0
    styledText.add(
      isAllowed
        ? [TextRun("allowed", .success), TextRun(checklist == nil ? ": this is not the setting storage-network" : "")]
        : [TextRun("denied", .error), TextRun(": \(broken.counted("rule")) \(broken == 1 ? "is" : "are") broken")])
    if let storedAs {
      styledText.add("  stored as  \(storedAs.isEmpty ? "the empty text" : storedAs)", hangingIndent: 13)
    }
    guard let valueHash else { return }
    styledText.add("  SHA-1      \(valueHash)")
    styledText.add("  Harvester  \(effect.described)", hangingIndent: 13)
  }
}

extension CheckReport.Effect {
  fileprivate var described: String {
    switch self {
    case .none: "sees no change"
    case .first: "sees a change: it has not recorded a value yet"
    case .another(""): "sees a change: the recorded hash is missing"
    case .another(let hash): "sees a change: the last recorded hash is \(hash)"
    case .annotations: "sees a change: the annotations differ from those that it wrote"
    }
  }
}

extension Checklist.Section {
  fileprivate var heading: [TextRun] {
    isEvaluated
      ? [TextRun(group.title, .bold)] : [TextRun(group.title), TextRun(" – applies \(group.condition)", .dim)]
  }

  fileprivate var findings: [Checklist.Item] { items.filter(\.isFinding) }
}

extension Checklist.Item {
  fileprivate var isFailed: Bool {
    if case .fail = result { true } else { false }
  }

  fileprivate var isFinding: Bool {
    switch result {
    case .pass, .skip: false
    case .fail, .warn: true
    }
  }
}

extension StyledText {
  fileprivate mutating func addSummary(of section: Checklist.Section) {
    let findings = section.findings
    guard section.isEvaluated else { return add([TextRun("– ", .dim)] + section.heading) }
    let passed = section.items.count - findings.count
    guard !findings.isEmpty else {
      return add(TextRun("✓ ", .success), TextRun(section.group.title, .bold), TextRun(": \(passed.rulesThatHold)"))
    }
    add(
      findings.contains(where: \.isFailed) ? TextRun("✗ ", .error) : TextRun("! ", .warning),
      TextRun(section.group.title, .bold))
    for item in findings { add(item) }
    if passed > 0 { add("  ", TextRun("✓ ", .success), TextRun("\(passed.rulesThatHold)")) }
  }

  fileprivate mutating func add(_ item: Checklist.Item) {
    let requirement = item.rule.requirement
    switch item.result {
    case .pass: add("  ", TextRun("✓ ", .success), TextRun(requirement), hangingIndent: 4)
    case .skip: add("  ", TextRun("– \(requirement)", .dim), hangingIndent: 4)
    case .warn(let warnings):
      add("  ", TextRun("! ", .warning), TextRun(requirement), hangingIndent: 4)
      for warning in warnings { add("      \(warning.message)", hangingIndent: 6) }
    case .fail(let violations, let warnings):
      add("  ", TextRun("✗ ", .error), TextRun(requirement, .bold), hangingIndent: 4)
      for violation in violations {
        add("      ", TextRun("\(violation.field): ", .accent), TextRun(violation.message), hangingIndent: 6)
      }
      for warning in warnings { add("      \(warning.message)", hangingIndent: 6) }
    }
  }
}

extension Int {
  fileprivate var rulesThatHold: String { "\(counted("rule")) \(self == 1 ? "holds" : "hold")" }
}
