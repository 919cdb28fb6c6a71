internal import Rules

/// The facts of a kind with many objects, sorted by namespace and name, each packed into as many bytes as it has.
///
/// Finding, writing or removing one, and reading the first ones, takes the same time however many there are: the facts lie
/// in chunks of at most ``chunkSize`` and a write copies one chunk. A hundred thousand names with one prefix are one or two
/// MiB.
struct PackedTable<Fact: Packable>: Sendable {
  private var chunks: [PackedChunk] = []
  private(set) var count = 0
  /// The number of facts that were unpacked, for tests.
  private(set) var unpackedFacts = 0

  /// The size of all records in bytes, for tests.
  var byteCount: Int { chunks.reduce(0) { $0 + $1.byteCount } }

  static var chunkSize: Int { 64 }

  var isEmpty: Bool { count == 0 }

  subscript(name: NamespacedName) -> Fact? {
    mutating get {
      guard let (chunk, place) = place(of: name.packed), place.isPresent else { return nil }
      return unpack(chunks[chunk].value(at: place), named: name)
    }
  }

  /// Inserts, replaces or, with nil, removes a fact.
  mutating func set(_ fact: Fact?, at name: NamespacedName) {
    let key = name.packed
    guard let fact else { return remove(key) }
    var value = PackedBytes()
    fact.pack(into: &value)
    guard let (chunk, place) = place(of: key) else { return append(key, value.bytes) }
    if place.isPresent {
      chunks[chunk].replaceValue(at: place, with: value.bytes)
    } else if chunks[chunk].count < Self.chunkSize {
      chunks[chunk].insert(key, value.bytes, at: place)
      count += 1
    } else if chunk == chunks.count - 1, chunks[chunk].isEnd(place) {
      append(key, value.bytes)
    } else {
      chunks.insert(chunks[chunk].removeUpperHalf(), at: chunk + 1)
      set(fact, at: name)
    }
  }

  /// Adds a chunk behind the last one, which stays full: most lists are in order.
  private mutating func append(_ key: [UInt8], _ value: [UInt8]) {
    var chunk = PackedChunk()
    chunk.insert(key, value, at: chunk.place(of: key.span))
    chunks.append(chunk)
    count += 1
  }

  private mutating func remove(_ key: [UInt8]) {
    guard let (chunk, place) = place(of: key), place.isPresent else { return }
    chunks[chunk].remove(at: place)
    if chunks[chunk].count == 0 { chunks.remove(at: chunk) }
    count -= 1
  }

  /// Returns where the key is, or where it belongs; nil if there is no chunk.
  private func place(of key: [UInt8]) -> (chunk: Int, place: PackedChunk.Place)? {
    var (low, high) = (0, chunks.count)
    while low < high {
      let middle = (low + high) / 2
      if chunks[middle].startsNotAfter(key.span) { low = middle + 1 } else { high = middle }
    }
    guard !chunks.isEmpty else { return nil }
    let chunk = max(0, low - 1)
    return (chunk, chunks[chunk].place(of: key.span))
  }

  private mutating func unpack(_ value: ArraySlice<UInt8>, named name: NamespacedName) -> Fact {
    unpackedFacts += 1
    var reader = PackedReader(value)
    return Fact(unpacking: &reader, name: name)
  }

  /// Calls the closure with each fact in order until it returns false.
  mutating func forEach(_ visit: (NamespacedName, Fact) -> Bool) {
    for chunk in chunks {
      let isWhole = chunk.forEach { key, value in
        let name = NamespacedName(packed: key)
        return visit(name, unpack(value, named: name))
      }
      guard isWhole else { return }
    }
  }

  /// Returns the first facts in order.
  mutating func first(_ limit: Int) -> [(name: NamespacedName, fact: Fact)] {
    var first: [(NamespacedName, Fact)] = []
    if limit > 0 {
      forEach { name, fact in
        first.append((name, fact))
        return first.count < limit
      }
    }
    return first
  }
}

extension NamespacedName {
  /// The bytes whose order is that of names: no namespace or name has a zero byte.
  var packed: [UInt8] {
    var packed: [UInt8] = []
    packed.reserveCapacity(namespace.utf8.count + 1 + name.utf8.count)
    packed += namespace.utf8
    packed.append(0)
    packed += name.utf8
    return packed
  }

  fileprivate init(packed: [UInt8]) {
    let end = packed.firstIndex(of: 0) ?? packed.endIndex
    self.init(
      namespace: String(decoding: packed[..<end], as: UTF8.self),
      name: String(decoding: packed[end...].dropFirst(), as: UTF8.self))
  }
}
