internal import Addressing

/// An address space as rows of cells of equal size, for text drawings.
struct AddressGrid {
  struct Row {
    let first: IPv4Address
    let cells: [AddressSpace.Use]
  }

  /// A power of two.
  let addressesPerCell: Int
  let rows: [Row]

  /// More rows would push the rest of the report off a small terminal.
  static let maxRows = 8

  /// - Parameter columns: Cells per row, a power of two.
  init(_ space: AddressSpace, columns: Int) {
    let total = space.range.addresses.count
    let size = max(1, total / (columns * Self.maxRows))
    let columns = min(columns, total / size)
    addressesPerCell = size
    var blocks = space.blocks[...]
    rows = (0..<total / size / columns).map { row in
      let first = Int(space.range.first.rawValue) + row * columns * size
      let cells = (0..<columns).map { column in
        Self.use(of: first + column * size, size, &blocks)
      }
      return Row(first: IPv4Address(rawValue: UInt32(first)), cells: cells)
    }
  }

  /// Returns the use of most of a cell's addresses. A taken address takes precedence: one is enough for a conflict.
  private static func use(
    of first: Int, _ size: Int, _ blocks: inout ArraySlice<AddressSpace.Block>
  ) -> AddressSpace.Use {
    var counts: [AddressSpace.Use: Int] = [:]
    while let block = blocks.first {
      let from = max(Int(block.addresses.first.rawValue), first)
      let to = min(Int(block.addresses.last.rawValue), first + size - 1)
      if from <= to { counts[block.use, default: 0] += to - from + 1 }
      if block.addresses.last.rawValue >= first + size - 1 { break }
      blocks.removeFirst()
    }
    if counts[.taken] != nil { return .taken }
    return counts.max { ($0.value, $1.key.rank) < ($1.value, $0.key.rank) }?.key ?? .spare
  }
}

extension AddressSpace.Use {
  /// The order in which a use is preferred to another with the same number of addresses.
  fileprivate var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  var glyph: String {
    switch self {
    case .unusable: "▁"
    case .excluded: "▒"
    case .taken: "×"
    case .needed: "█"
    case .spare: "·"
    }
  }

  var style: TextStyle {
    switch self {
    case .unusable, .spare: .dim
    case .excluded: .warning
    case .taken: .error
    case .needed: .accent
    }
  }

  var explanation: String {
    switch self {
    case .unusable: "first or last address"
    case .excluded: "excluded"
    case .taken: "taken by others"
    case .needed: "needed"
    case .spare: "spare"
    }
  }
}

extension AddressSpace.Block {
  var explanation: String { owner.map { "taken: \($0)" } ?? use.explanation }

  var described: String {
    addresses.count == 1 ? "\(addresses.first)" : "\(addresses.first) – \(addresses.last)"
  }
}
