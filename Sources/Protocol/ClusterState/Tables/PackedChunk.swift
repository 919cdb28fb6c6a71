/// Sorted records in one piece of memory, each a key and a value.
struct PackedChunk: Sendable {
  private var bytes: [UInt8] = []
  /// Of each record, the end of its key and the end of its value.
  private var ends: [(key: Int32, value: Int32)] = []

  var count: Int { ends.count }

  private func start(_ record: Int) -> Int { record == 0 ? 0 : Int(ends[record - 1].value) }

  func record(_ record: Int) -> (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
    let (key, value) = (Int(ends[record].key), Int(ends[record].value))
    return (bytes[start(record)..<key], bytes[key..<value])
  }

  func isKey(_ record: Int, notGreaterThan key: Span<UInt8>) -> Bool {
    bytes.span.extracting(start(record)..<Int(ends[record].key)).compared(to: key) <= 0
  }

  /// Returns the index of the first record that is not less than the key, and whether it has the key.
  func place(of key: Span<UInt8>) -> (record: Int, isPresent: Bool) {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      let order = bytes.span.extracting(start(middle)..<Int(ends[middle].key)).compared(to: key)
      if order == 0 { return (middle, true) }
      if order < 0 { low = middle + 1 } else { high = middle }
    }
    return (low, false)
  }

  mutating func append(_ key: [UInt8], _ value: [UInt8]) {
    bytes += key
    bytes += value
    ends.append((Int32(bytes.count - value.count), Int32(bytes.count)))
  }

  /// Inserts a record, or replaces the present one. The copy has no spare capacity.
  mutating func replace(_ record: Int, isPresent: Bool, with new: (key: [UInt8], value: [UInt8])) {
    rebuild { copy, old in
      old.copy(0..<record, to: &copy)
      copy.append(new.key, new.value)
      old.copy((isPresent ? record + 1 : record)..<old.count, to: &copy)
    }
  }

  mutating func remove(_ record: Int) {
    rebuild { copy, old in
      old.copy(0..<record, to: &copy)
      old.copy(record + 1..<old.count, to: &copy)
    }
  }

  /// Moves the upper half of the records into another chunk.
  mutating func removeUpperHalf() -> PackedChunk {
    var upper = PackedChunk()
    rebuild { copy, old in
      old.copy(0..<old.count / 2, to: &copy)
      old.copy(old.count / 2..<old.count, to: &upper)
    }
    upper.releaseSpareCapacity()
    return upper
  }

  /// Releases the memory that growing left unused.
  mutating func releaseSpareCapacity() {
    rebuild { copy, old in old.copy(0..<old.count, to: &copy) }
  }

  private mutating func rebuild(_ fill: (_ copy: inout PackedChunk, _ old: PackedChunk) -> Void) {
    var copy = PackedChunk()
    copy.bytes.reserveCapacity(bytes.count)
    copy.ends.reserveCapacity(count)
    fill(&copy, self)
    self = copy
  }

  private func copy(_ records: Range<Int>, to other: inout PackedChunk) {
    guard !records.isEmpty else { return }
    let first = start(records.lowerBound)
    let shift = Int32(other.bytes.count - first)
    other.bytes += bytes[first..<Int(ends[records.upperBound - 1].value)]
    for end in ends[records] { other.ends.append((end.key + shift, end.value + shift)) }
  }
}

extension Span<UInt8> {
  /// Returns a negative number, zero or a positive number, by the order of the bytes.
  fileprivate func compared(to other: Span<UInt8>) -> Int {
    for index in 0..<Swift.min(count, other.count) where self[index] != other[index] {
      return Int(self[index]) - Int(other[index])
    }
    return count - other.count
  }
}
