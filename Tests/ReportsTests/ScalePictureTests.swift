import Foundation
import Testing

@testable import Reports

/// The picture of docs/performance.md is drawn from its table, so that both show the same run of Benchmarks/scale.
@Suite struct `The plot of costs against size` {
  struct Row {
    let name: String
    let numbers: [Double]
  }

  /// The table whose first column is called `objects`.
  static func table() throws -> (sizes: [String], rows: [Row]) {
    let page = try String(contentsOf: Golden.repository.appending(path: "docs/performance.md"), encoding: .utf8)
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
    let first = try #require(lines.firstIndex { $0.hasPrefix("| objects |") })
    let cells = lines[first...].prefix { $0.hasPrefix("|") }.map { line in
      line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let rows = cells.dropFirst(2).map { Row(name: $0[0], numbers: $0.dropFirst().compactMap { Double($0) }) }
    return (Array(cells[0].dropFirst()), rows)
  }

  @Test func `is drawn from the table`() throws {
    let (sizes, rows) = try Self.table()
    #expect(rows.count > 3)
    #expect(rows.allSatisfy { $0.numbers.count == sizes.count }, "every cell is a number")
    var svg = SVG(width: 760)
    svg.text(24, 36, "Cost against the number of objects", fill: "#1f2933", isBold: true)
    var y = 68.0
    for row in rows {
      svg.text(24, y, row.name, fill: "#1f2933")
      let most = row.numbers.max() ?? 1
      for (size, number) in zip(sizes, row.numbers) {
        y += 20
        svg.text(120, y, size, fill: "#52606d", isTrailing: true)
        svg.rectangle(
          132, y - 11, max(1.5, 520 * number / most), 13, fill: "#2186eb", title: "\(row.name), \(size) objects")
        svg.text(144 + 520 * number / most, y, number.formatted(), fill: "#52606d")
      }
      y += 32
    }
    svg.height = Int(y)
    let document = svg.document(titled: "What the work behind the requests costs", background: "#f5f7fa")
    #expect(document.isWellFormed)
    try Golden.expect(document, in: "docs/pictures/scale.svg")
  }
}

extension Double {
  fileprivate func formatted() -> String { self == rounded() ? "\(Int(self))" : "\(self)" }
}
