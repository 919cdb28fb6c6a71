internal import Addressing
internal import Rules

extension AddressSpace {
  /// Returns the drawing, its legend and the verdict.
  func styledText(for plan: PlanReport, within width: Int?) -> StyledText {
    var styledText = StyledText()
    let grid = AddressGrid(self, columns: columns(within: width))
    let cell = grid.addressesPerCell
    styledText.add(
      TextRun("\(range)", .bold), TextRun("  each cell is \(cell == 1 ? "one address" : "\(cell) addresses")", .dim))
    styledText.addBlank()
    let labels = grid.rows.map { "\($0.first)" }
    let longest = labels.map(\.count).max() ?? 0
    for (row, label) in zip(grid.rows, labels) {
      styledText.add([TextRun("  \(label)\(String(repeating: " ", count: longest - label.count))  ", .dim)] + row.runs)
    }
    styledText.addBlank()
    styledText.add(
      table: Use.allCases.filter { count(of: $0) > 0 }.map { use in
        [TextRun(use.glyph, use.style), TextRun("\(count(of: use))"), TextRun(use.explanation)]
      }, [.leading, .trailing, .leading])
    styledText.addBlank()
    addVerdict(on: plan, to: &styledText)
    return styledText
  }

  /// Returns the number of cells that fit after the row's label.
  private func columns(within width: Int?) -> Int {
    switch width ?? .max {
    case ..<52: 16
    case ..<84: 32
    default: 64
    }
  }

  private func addVerdict(on plan: PlanReport, to styledText: inout StyledText) {
    let need = plan.need.total
    let words =
      usable.counted("usable address") + (kept == 0 ? "" : ", of which \(kept) are kept for \(keepers)")
    if available < need {
      styledText.add(
        TextRun("✗ ", .error), "\(words), but \(need) are needed; \(advice(plan))", hangingIndent: 2)
    } else {
      let spare = available - need
      styledText.add(
        TextRun("✓ ", .success),
        """
        \(words), \(spare) to spare: enough for \
        \(plan.moreNodes(with: spare).counted("more node")) or \(spare.counted("image")) at once
        """, hangingIndent: 2)
    }
    for block in collisions {
      styledText.add(
        TextRun("✗ ", .error),
        "\(block.described) belongs to \(block.owner ?? "others"); exclude it or choose another range",
        hangingIndent: 2)
    }
    for keeper in AddressOwner.Keeper.allCases {
      let kept = blocks.filter { $0.keeper == keeper }
      guard let first = kept.first else { continue }
      let intervals = kept.reduce(AddressSet()) { $0.union(AddressSet($1.addresses)) }.intervals
      let addresses = intervals.map { Block(addresses: $0, use: .taken, owner: nil).described }
      let example = first.owner.flatMap { $0 == keeper.described ? nil : " (the first: \($0))" } ?? ""
      styledText.add(
        TextRun("! ", .warning), "Whereabouts keeps \(addresses.englishList) for \(keeper.described)\(example)",
        hangingIndent: 2)
    }
  }

  private var keepers: String {
    let keepers = Set(blocks.compactMap(\.keeper))
    return AddressOwner.Keeper.allCases.filter(keepers.contains).map(\.described).englishList
  }

  private func advice(_ plan: PlanReport) -> String {
    if usable >= plan.need.total { return "free them, or choose another range" }
    return plan.smallest.map { "a /\($0.length) has \($0.usable) without exclusions" } ?? "no range is so large"
  }
}

extension AddressGrid.Row {
  /// The cells, with adjacent ones of the same use as one run.
  fileprivate var runs: [TextRun] {
    var runs: [TextRun] = []
    for use in cells {
      if runs.last?.style == use.style, runs.last?.text.last.map(String.init) == use.glyph {
        runs[runs.count - 1].text += use.glyph
      } else {
        runs.append(TextRun(use.glyph, use.style))
      }
    }
    return runs
  }
}
