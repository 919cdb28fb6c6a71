import Foundation
import Testing

@testable import Reports

/// The picture of docs/performance.md is drawn from its tables, so that all show the same run of Benchmarks/scale.
@Suite struct `The plot of costs against size` {
  /// The numbers of each measure, by size.
  struct Table {
    let sizes: [String]
    let rows: [(name: String, numbers: [Double])]

    /// - Parameter heading: The title of its first column.
    init(under heading: String) throws {
      let page = try String(contentsOf: Golden.repository.appending(path: "docs/performance.md"), encoding: .utf8)
      let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
      let first = try #require(lines.firstIndex { $0.hasPrefix("| \(heading) |") })
      let cells = lines[first...].prefix { $0.hasPrefix("|") }.map { line in
        line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      }
      sizes = Array(cells[0].dropFirst())
      rows = cells.dropFirst(2).map { ($0[0], $0.dropFirst().compactMap { Double($0) }) }
      for row in rows { try #require(row.numbers.count == sizes.count, "every cell is a number") }
    }

    subscript(name: String) -> [Double]? { rows.first { $0.name == name }?.numbers }
  }

  @Test func `is drawn from the tables`() throws {
    let (webhook, informers) = (try Table(under: "objects"), try Table(under: "objects, Go informers"))
    try #require(webhook.sizes == informers.sizes)
    #expect(webhook.rows.count > informers.rows.count && informers.rows.allSatisfy { webhook[$0.name] != nil })
    let series = [("webhook", "#2186eb"), ("Go informers", "#9aa5b1")]
    var svg = SVG(width: 760)
    svg.text(24, 36, "Cost against the number of objects", fill: "#1f2933", isBold: true)
    for (x, (name, color)) in zip([520.0, 620.0], series) {
      svg.rectangle(x, 25, 13, 13, fill: color, title: name)
      svg.text(x + 20, 36, name, fill: "#52606d")
    }
    var y = 68.0
    for (name, numbers) in webhook.rows {
      svg.text(24, y, name, fill: "#1f2933")
      let others = informers[name]
      let most = (numbers + (others ?? [])).max() ?? 1
      for (index, size) in webhook.sizes.enumerated() {
        svg.text(120, y + 20, size, fill: "#52606d", isTrailing: true)
        for (number, (program, color)) in zip([numbers[index], others?[index]].compactMap(\.self), series) {
          y += 20
          let width = 520 * number / most
          svg.rectangle(132, y - 11, max(1.5, width), 13, fill: color, title: "\(name), \(size) objects, \(program)")
          svg.text(144 + width, y, number.formatted(), fill: "#52606d")
        }
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
