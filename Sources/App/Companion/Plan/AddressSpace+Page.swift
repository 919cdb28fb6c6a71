internal import Rules

extension AddressSpace {
  /// The picture, its legend and the verdict.
  func page(for plan: PlanReport, within width: Int?) -> Page {
    var page = Page()
    let grid = AddressGrid(self, columns: columns(within: width))
    let cell = grid.addressesPerCell
    page.add(
      Run("\(range)", .strong), Run("  each cell is \(cell == 1 ? "one address" : "\(cell) addresses")", .faint))
    page.addBlank()
    let labels = grid.rows.map { "\($0.first)" }
    let longest = labels.map(\.count).max() ?? 0
    for (row, label) in zip(grid.rows, labels) {
      page.add([Run("  \(label)\(String(repeating: " ", count: longest - label.count))  ", .faint)] + row.runs)
    }
    page.addBlank()
    page.add(
      table: Use.allCases.filter { count(of: $0) > 0 }.map { use in
        [Run(use.glyph, use.ink), Run("\(count(of: use))"), Run(use.explanation)]
      }, [.leading, .trailing, .leading])
    page.addBlank()
    addVerdict(on: plan, to: &page)
    return page
  }

  /// As many cells as fit behind the row's label.
  private func columns(within width: Int?) -> Int {
    switch width ?? .max {
    case ..<52: 16
    case ..<84: 32
    default: 64
    }
  }

  private func addVerdict(on plan: PlanReport, to page: inout Page) {
    let need = plan.need.total
    if usable < need {
      page.add(
        Run("✗ ", .bad), "\(usable.of("usable address")), but \(need) are needed; \(advice(plan))", hanging: 2)
    } else {
      let spare = usable - need
      page.add(
        Run("✓ ", .good),
        """
        \(usable.of("usable address")), \(spare) to spare: enough for \
        \(plan.moreNodes(with: spare).of("more node")) or \(spare.of("image")) at once
        """, hanging: 2)
    }
    for block in blocks where block.use == .taken {
      page.add(
        Run("✗ ", .bad), "\(block.described) belongs to \(block.owner ?? "others"); exclude it or choose another range",
        hanging: 2)
    }
  }

  private func advice(_ plan: PlanReport) -> String {
    plan.smallest.map { "a /\($0.length) has \($0.usable) without exclusions" } ?? "no range is so large"
  }
}

extension AddressGrid.Row {
  /// Neighbouring cells of the same use as one run.
  fileprivate var runs: [Run] {
    var runs: [Run] = []
    for use in cells {
      if runs.last?.ink == use.ink, runs.last?.text.last.map(String.init) == use.glyph {
        runs[runs.count - 1].text += use.glyph
      } else {
        runs.append(Run(use.glyph, use.ink))
      }
    }
    return runs
  }
}
