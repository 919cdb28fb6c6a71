internal import Addressing
internal import KubeObjects
internal import Rules

extension VerifyReport: Report {
  package func styledText(within width: Int?) -> StyledText {
    var styledText = StyledText()
    styledText.add(heading)
    styledText.addBlank()
    for step in steps { styledText.add(step, isWhole: true) }
    if !pods.isEmpty {
      styledText.addBlank()
      styledText.add(table: table(within: width), [.leading, .leading, .leading, .leading])
    }
    styledText.addBlank()
    addVerdict(to: &styledText)
    return styledText
  }

  /// The target of the change.
  var heading: [TextRun] {
    switch target {
    case .network(let network):
      let definition = network.definition.isEmpty ? "no network definition yet" : network.definition
      return [TextRun("\(network.range)", .bold), TextRun(" on \(definition)")]
    case .disabled: return [TextRun("No storage network", .bold), TextRun(": Longhorn uses the cluster's own")]
    case .unreadable: return [TextRun("The setting's value is not a network", .bold)]
    }
  }

  private func addVerdict(to styledText: inout StyledText) {
    guard !isVerified else {
      styledText.add(TextRun("verified", .success), ": you can start your virtual machines")
      return
    }
    let broken = steps.filter { $0.state == .failed }.count
    let waiting = steps.filter { $0.state == .inProgress }.count
    let parts =
      (broken > 0 ? ["\(broken.counted("step")) \(broken == 1 ? "is" : "are") broken"] : [])
      + (waiting > 0 ? ["\(waiting.counted("step")) \(waiting == 1 ? "is" : "are") under way"] : [])
    styledText.add(TextRun("not verified", broken > 0 ? .error : .warning), TextRun(": \(parts.englishList)"))
  }

  /// The table of pods. Names that are too long lose their middle; the advice above has them whole.
  private func table(within width: Int?) -> [[TextRun]] {
    let longest = width.map { max(20, $0 / 2 - 6) } ?? .max
    return [["pod", "node", "address", ""].map { TextRun($0, .dim) }]
      + pods.map { report in
        [
          TextRun(report.pod.name.shortened(to: longest)), TextRun(report.pod.node.isEmpty ? "–" : report.pod.node),
          TextRun(report.address?.description ?? "–"), report.verdict.mark,
        ]
      }
  }
}

extension PodReport.Verdict {
  fileprivate var mark: TextRun {
    switch self {
    case .ok: TextRun("✓", .success)
    case .waiting, .pendingRestart: TextRun("… \(reason ?? "")", .warning)
    case .nodeUnavailable: TextRun("! \(reason ?? "")", .warning)
    case .misplaced, .duplicateAddress, .blocked: TextRun("✗ \(reason ?? "")", .error)
    }
  }
}

extension StyledText {
  /// - Parameter isWhole: Whether to add the findings with their advice.
  mutating func add(_ step: StepReport, isWhole: Bool) {
    add("  ", step.state.mark, TextRun(step.step.title, step.state == .failed ? .bold : .plain), hangingIndent: 4)
    add("      ", TextRun(step.summary, .dim), hangingIndent: 6)
    guard isWhole else { return }
    for finding in step.findings {
      add("      \(finding.text)", hangingIndent: 6)
      if let advice = finding.advice { add("      ", TextRun("→ ", .accent), TextRun(advice), hangingIndent: 8) }
    }
  }
}

extension StepReport.State {
  fileprivate var mark: TextRun {
    switch self {
    case .done: TextRun("✓ ", .success)
    case .warning: TextRun("! ", .warning)
    case .inProgress: TextRun("… ", .warning)
    case .failed: TextRun("✗ ", .error)
    }
  }
}

extension String {
  fileprivate func shortened(to limit: Int) -> String {
    guard count > limit else { return self }
    let tail = min(8, limit / 3)
    return prefix(limit - tail - 1) + "…" + suffix(tail)
  }
}
