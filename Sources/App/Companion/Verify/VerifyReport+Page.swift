internal import Addressing
internal import KubeObjects
internal import Rules

extension VerifyReport: Answer {
  package func page(within width: Int?) -> Page {
    var page = Page()
    page.add(heading)
    page.addBlank()
    for step in steps { page.add(step, isWhole: true) }
    if !pods.isEmpty {
      page.addBlank()
      page.add(table: table(within: width), [.leading, .leading, .leading, .leading])
    }
    page.addBlank()
    addVerdict(to: &page)
    return page
  }

  /// What the cluster is on its way to.
  var heading: [Run] {
    switch target {
    case .network(let network):
      let definition = network.definition.isEmpty ? "no network definition yet" : network.definition
      return [Run("\(network.range)", .strong), Run(" on \(definition)")]
    case .switchedOff: return [Run("No storage network", .strong), Run(": Longhorn uses the cluster's own")]
    case .unreadable: return [Run("The setting's value says no network", .strong)]
    }
  }

  private func addVerdict(to page: inout Page) {
    guard !isVerified else {
      page.add(Run("verified", .good), ": you can start your virtual machines")
      return
    }
    let broken = steps.filter { $0.state == .broken }.count
    let waiting = steps.filter { $0.state == .waiting }.count
    let parts =
      (broken > 0 ? ["\(broken.of("step")) \(broken == 1 ? "is" : "are") broken"] : [])
      + (waiting > 0 ? ["\(waiting.of("step")) \(waiting == 1 ? "is" : "are") under way"] : [])
    page.add(Run("not verified", broken > 0 ? .bad : .caution), Run(": \(parts.listed)"))
  }

  /// Where the terminal is too narrow for whole names, their middle gives way; the advice above has them whole.
  private func table(within width: Int?) -> [[Run]] {
    let longest = width.map { max(20, $0 / 2 - 6) } ?? .max
    return [["pod", "node", "address", ""].map { Run($0, .faint) }]
      + pods.map { report in
        [
          Run(report.pod.name.shortened(to: longest)), Run(report.pod.node.isEmpty ? "–" : report.pod.node),
          Run(report.address?.description ?? "–"), report.verdict.mark,
        ]
      }
  }
}

extension PodReport.Verdict {
  fileprivate var mark: Run {
    switch self {
    case .good: Run("✓", .good)
    case .waiting, .yetToMove: Run("… \(reason ?? "")", .caution)
    case .wrong, .doubled: Run("✗ \(reason ?? "")", .bad)
    }
  }
}

extension Page {
  /// - Parameter isWhole: Whether to add what was found, with the advice.
  mutating func add(_ step: StepReport, isWhole: Bool) {
    add("  ", step.state.mark, Run(step.step.title, step.state == .broken ? .strong : .plain), hanging: 4)
    add("      ", Run(step.summary, .faint), hanging: 6)
    guard isWhole else { return }
    for finding in step.findings {
      add("      \(finding.text)", hanging: 6)
      if let advice = finding.advice { add("      ", Run("→ ", .accent), Run(advice), hanging: 8) }
    }
  }
}

extension StepReport.State {
  fileprivate var mark: Run {
    switch self {
    case .done: Run("✓ ", .good)
    case .warned: Run("! ", .caution)
    case .waiting: Run("… ", .caution)
    case .broken: Run("✗ ", .bad)
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
