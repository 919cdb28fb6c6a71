/// A report as lines of styled text, independent of the terminal's width and colours.
package struct StyledText: Sendable, Equatable {
  /// One line; it is wrapped if it is wider than the terminal.
  package struct Line: Sendable, Equatable {
    package var runs: [TextRun]
    /// The indentation of continuation lines.
    package var hangingIndent: Int
    /// Whether the line is left to the terminal's own wrapping, which a copy does not show.
    package var isVerbatim = false
  }

  package private(set) var lines: [Line] = []

  package init() {}

  /// - Parameter hangingIndent: The column of a list item's text, after its mark.
  package mutating func add(_ runs: TextRun..., hangingIndent: Int = 0) {
    add(runs, hangingIndent: hangingIndent)
  }

  package mutating func add(_ runs: [TextRun], hangingIndent: Int = 0) {
    lines.append(Line(runs: runs.map(\.sanitized), hangingIndent: hangingIndent))
  }

  /// Adds a command, which is never broken.
  package mutating func add(command: String) {
    lines.append(Line(runs: [TextRun(command).sanitized], hangingIndent: 0, isVerbatim: true))
  }

  package mutating func addBlank() {
    if let last = lines.last, !last.runs.isEmpty { lines.append(Line(runs: [], hangingIndent: 0)) }
  }

  package mutating func add(_ styledText: StyledText) {
    lines += styledText.lines
  }
}

/// The edge to which the cells of a column are aligned.
package enum Alignment: Sendable {
  case leading
  case trailing
}

extension StyledText {
  /// Adds rows with aligned columns; long text wraps within the last column.
  package mutating func add(table rows: [[TextRun]], _ alignments: [Alignment], indentation: Int = 2) {
    let widths = alignments.indices.map { column in
      rows.lazy.compactMap { $0.indices.contains(column) ? $0[column].text.count : nil }.max() ?? 0
    }
    let lastColumn = indentation + widths.dropLast().reduce(0) { $0 + $1 + 2 }
    for row in rows {
      var runs: [TextRun] = [TextRun(String(repeating: " ", count: indentation))]
      for (column, cell) in row.enumerated() {
        let filling = String(repeating: " ", count: widths[column] - cell.text.count)
        let isLast = column == row.count - 1
        switch alignments[column] {
        case .leading: runs += [cell] + (isLast ? [] : [TextRun(filling + "  ")])
        case .trailing: runs += [TextRun(filling), cell] + (isLast ? [] : ["  "])
        }
      }
      while let last = runs.last, last.text.allSatisfy({ $0 == " " }) { runs.removeLast() }
      add(runs.filter { !$0.text.isEmpty }, hangingIndent: lastColumn)
    }
  }
}
