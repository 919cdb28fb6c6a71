internal import Addressing

extension AddressSpace {
  /// Returns a drawing of the range: rows of equal length, with every block to scale, and a legend.
  package func drawing() -> String {
    var svg = SVG(width: 760)
    svg.text(24, 36, "\(range)", fill: "#1f2933", isBold: true)
    svg.text(736, 36, "\(usable) usable addresses", fill: "#52606d", isTrailing: true)
    let rows = max(1, min(8, range.addresses.count / 64))
    for row in 0..<rows { draw(row, of: rows, &svg) }
    var y = 84 + Double(rows) * 30
    for use in Use.allCases where count(of: use) > 0 {
      svg.rectangle(24, y - 11, 13, 13, fill: use.color, title: use.explanation)
      svg.text(96, y, "\(count(of: use))", fill: "#1f2933", isTrailing: true)
      svg.text(108, y, use.explanation, fill: "#1f2933")
      y += 22
    }
    for block in blocks.lazy.filter({ $0.use == .taken || $0.use == .excluded }).prefix(12) {
      svg.text(24, y + 6, "\(block.described)  \(block.explanation)", fill: "#52606d")
      y += 20
    }
    svg.height = Int(y) + 14
    return svg.document(titled: "What the addresses of \(range) are for", background: "#f5f7fa")
  }

  private func draw(_ row: Int, of rows: Int, _ svg: inout SVG) {
    let size = range.addresses.count / rows
    let first = Int(range.first.rawValue) + row * size
    let y = 54 + Double(row) * 30
    svg.text(146, y + 17, "\(IPv4Address(rawValue: UInt32(first)))", fill: "#52606d", isTrailing: true)
    for block in blocks {
      let from = max(Int(block.addresses.first.rawValue), first)
      let to = min(Int(block.addresses.last.rawValue), first + size - 1)
      guard from <= to else { continue }
      let scale = 580 / Double(size)
      // One address of a large range would be too narrow to see.
      let width = max(1.5, Double(to - from + 1) * scale)
      svg.rectangle(
        156 + Double(from - first) * scale, y, width, 24, fill: block.use.color,
        title: "\(block.described): \(block.explanation)")
    }
  }
}

extension AddressSpace.Use {
  /// Distinct in lightness too, for color-blind readers.
  fileprivate var color: String {
    switch self {
    case .unusable: "#7b8794"
    case .excluded: "#f0b429"
    case .taken: "#ba2525"
    case .needed: "#2186eb"
    case .spare: "#cbd2d9"
    }
  }
}
