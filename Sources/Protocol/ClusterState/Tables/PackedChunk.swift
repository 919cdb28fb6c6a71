/// Sorted records in one piece of memory, each a key and a value.
///
/// A record is the number of bytes that its key shares with the key before it, the rest of the key, and the value (prefix
/// compression, as in the blocks of LevelDB). So a name takes few bytes next to others of its namespace.
struct PackedChunk: Sendable {
  private var bytes: [UInt8] = []
  private(set) var count = 0

  var byteCount: Int { bytes.count }

  /// Where a key is, or where it belongs.
  struct Place {
    fileprivate var offset = 0
    /// The number of bytes that the key shares with the one before it, and with the one at the offset.
    fileprivate var shared = 0
    fileprivate var sharedWithNext = 0
    fileprivate(set) var isPresent = false
  }

  private struct Record {
    let shared: Int
    let rest: Range<Int>
    let value: Range<Int>
    var end: Int { value.upperBound }

    init(at start: Int, in bytes: Span<UInt8>) {
      var offset = start
      shared = bytes.packedNumber(at: &offset)
      rest = bytes.packedRange(at: &offset)
      value = bytes.packedRange(at: &offset)
    }
  }

  private func record(at place: Place) -> Record { Record(at: place.offset, in: bytes.span) }

  /// Whether the place is behind all records.
  func isEnd(_ place: Place) -> Bool { place.offset == bytes.count }

  /// The value of a key that is present.
  func value(at place: Place) -> ArraySlice<UInt8> { bytes[record(at: place).value] }

  /// Calls the closure with each record in order until it returns false. Returns whether it never did.
  func forEach(_ visit: (_ key: [UInt8], _ value: ArraySlice<UInt8>) -> Bool) -> Bool {
    var key: [UInt8] = []
    var offset = 0
    while offset < bytes.count {
      let record = Record(at: offset, in: bytes.span)
      key.removeLast(key.count - record.shared)
      key += bytes[record.rest]
      if !visit(key, bytes[record.value]) { return false }
      offset = record.end
    }
    return true
  }
}

// Search.
extension PackedChunk {
  /// Returns whether the first key, which is stored whole, is less than or equal to a key.
  func startsNotAfter(_ key: Span<UInt8>) -> Bool {
    let bytes = bytes.span
    let first = bytes.extracting(Record(at: 0, in: bytes).rest)
    return !key.isLess(than: first, from: first.commonPrefix(with: key))
  }

  /// Finds a key. The shared bytes alone tell the order of most records, so no key is restored.
  func place(of key: Span<UInt8>) -> Place {
    let bytes = bytes.span
    var place = Place()
    while place.offset < bytes.count {
      let record = Record(at: place.offset, in: bytes)
      if record.shared < place.shared {
        // Greater: it departs earlier than the key from the record before both.
        place.sharedWithNext = record.shared
        break
      }
      if record.shared == place.shared {
        let (rest, keyRest) = (bytes.extracting(record.rest), key.extracting(place.shared...))
        let common = rest.commonPrefix(with: keyRest)
        place.sharedWithNext = place.shared + common
        place.isPresent = common == rest.count && common == keyRest.count
        if !rest.isLess(than: keyRest, from: common) { break }
        place.shared = place.sharedWithNext
      }
      place.offset = record.end
    }
    return place
  }
}

// Changes. The new bytes have no spare capacity.
extension PackedChunk {
  mutating func insert(_ key: [UInt8], _ value: [UInt8], at place: Place) {
    var new = PackedBytes()
    new.appendRecord(sharing: place.shared, rest: key[place.shared...], value: value[...])
    if isEnd(place) {
      replace(place.offset..<place.offset, with: new)
    } else {
      let next = record(at: place)
      let rest = bytes[next.rest].dropFirst(place.sharedWithNext - next.shared)
      new.appendRecord(sharing: place.sharedWithNext, rest: rest, value: bytes[next.value])
      replace(place.offset..<next.end, with: new)
    }
    count += 1
  }

  mutating func replaceValue(at place: Place, with value: [UInt8]) {
    let record = record(at: place)
    var new = PackedBytes()
    new.appendRecord(sharing: record.shared, rest: bytes[record.rest], value: value[...])
    replace(place.offset..<record.end, with: new)
  }

  mutating func remove(at place: Place) {
    let record = record(at: place)
    var new = PackedBytes()
    var end = record.end
    if end < bytes.count {
      // The next record keeps what it shared with the removed one only.
      let next = Record(at: end, in: bytes.span)
      let kept = bytes[record.rest].prefix(max(0, next.shared - record.shared))
      new.appendRecord(
        sharing: min(next.shared, record.shared), rest: kept + bytes[next.rest], value: bytes[next.value])
      end = next.end
    }
    replace(place.offset..<end, with: new)
    count -= 1
  }

  /// Moves the upper half of the records into another chunk.
  mutating func removeUpperHalf() -> PackedChunk {
    var (lower, upper) = (PackedChunk(), PackedChunk())
    _ = forEach { key, value in
      let isLower = lower.count < count / 2
      if isLower { lower.append(key, value) } else { upper.append(key, value) }
      return true
    }
    self = lower
    return upper
  }

  private mutating func append(_ key: [UInt8], _ value: ArraySlice<UInt8>) {
    insert(key, Array(value), at: place(of: key.span))
  }

  private mutating func replace(_ range: Range<Int>, with new: PackedBytes) {
    var copy: [UInt8] = []
    copy.reserveCapacity(bytes.count - range.count + new.bytes.count)
    copy += bytes[..<range.lowerBound]
    copy += new.bytes
    copy += bytes[range.upperBound...]
    bytes = copy
  }
}

extension PackedBytes {
  fileprivate mutating func appendRecord(sharing shared: Int, rest: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
    append(shared)
    append(rest)
    append(value)
  }
}

extension Span<UInt8> {
  /// The number of equal bytes at the start of both.
  fileprivate func commonPrefix(with other: Span<UInt8>) -> Int {
    let end = Swift.min(count, other.count)
    var index = 0
    while index < end, self[index] == other[index] { index += 1 }
    return index
  }

  /// Returns whether this comes before the other in the order of the bytes, of which the first `common` are equal.
  fileprivate func isLess(than other: Span<UInt8>, from common: Int) -> Bool {
    common < other.count && (common == count || self[common] < other[common])
  }

  fileprivate func packedRange(at offset: inout Int) -> Range<Int> {
    let length = packedNumber(at: &offset)
    defer { offset += length }
    return offset..<offset + length
  }
}
