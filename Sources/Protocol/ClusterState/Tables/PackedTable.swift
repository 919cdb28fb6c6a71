internal import Rules

/// The facts of a kind with many objects, sorted by namespace and name, each packed into as many bytes as it has.
///
/// Finding, writing or removing one, and reading the first ones, takes the same time however many there are: the facts lie
/// in chunks of at most ``chunkSize`` and a write copies one chunk. A hundred thousand names are a few MiB, a fifth of what
/// strings and a dictionary take.
struct PackedTable<Fact: Packable>: Sendable {
  private var chunks: [PackedChunk] = []
  private(set) var count = 0
  /// The number of facts that were unpacked, for tests.
  private(set) var unpackedFacts = 0

  static var chunkSize: Int { 64 }

  var isEmpty: Bool { count == 0 }

  subscript(name: NamespacedName) -> Fact? {
    mutating get {
      guard let place = place(of: name.packed), place.isPresent else { return nil }
      return fact(at: place.chunk, place.record).fact
    }
  }

  /// Inserts, replaces or, with nil, removes a fact.
  mutating func set(_ fact: Fact?, at name: NamespacedName) {
    let key = name.packed
    let value = fact.map { fact in
      var bytes = PackedBytes()
      fact.pack(into: &bytes)
      return bytes.bytes
    }
    guard let place = place(of: key) else {
      if let value { append(key, value) }
      return
    }
    if let value {
      if place.chunk == chunks.count - 1, place.record == chunks[place.chunk].count {
        append(key, value)
      } else {
        if !place.isPresent { count += 1 }
        chunks[place.chunk].replace(place.record, isPresent: place.isPresent, with: (key, value))
        splitIfFull(place.chunk)
      }
    } else if place.isPresent {
      count -= 1
      chunks[place.chunk].remove(place.record)
      if chunks[place.chunk].count == 0 { chunks.remove(at: place.chunk) }
    }
  }

  /// Adds a fact behind the last one: the order of most lists.
  private mutating func append(_ key: [UInt8], _ value: [UInt8]) {
    if chunks.last.map({ $0.count == Self.chunkSize }) ?? true {
      if !chunks.isEmpty { chunks[chunks.count - 1].releaseSpareCapacity() }
      chunks.append(PackedChunk())
    }
    chunks[chunks.count - 1].append(key, value)
    count += 1
  }

  private mutating func splitIfFull(_ index: Int) {
    guard chunks[index].count > Self.chunkSize else { return }
    chunks.insert(chunks[index].removeUpperHalf(), at: index + 1)
  }

  /// Returns where the key is, or where it belongs; nil if there is no chunk.
  private func place(of key: [UInt8]) -> (chunk: Int, record: Int, isPresent: Bool)? {
    var (low, high) = (0, chunks.count)
    while low < high {
      let middle = (low + high) / 2
      if chunks[middle].isKey(0, notGreaterThan: key.span) { low = middle + 1 } else { high = middle }
    }
    guard !chunks.isEmpty else { return nil }
    let chunk = max(0, low - 1)
    let (record, isPresent) = chunks[chunk].place(of: key.span)
    return (chunk, record, isPresent)
  }

  private mutating func fact(at chunk: Int, _ record: Int) -> (name: NamespacedName, fact: Fact) {
    unpackedFacts += 1
    let (key, value) = chunks[chunk].record(record)
    let name = NamespacedName(packed: key)
    var reader = PackedReader(value)
    return (name, Fact(unpacking: &reader, name: name))
  }

  /// Calls the closure with each fact in order until it returns false.
  mutating func forEach(_ visit: (NamespacedName, Fact) -> Bool) {
    for chunk in chunks.indices {
      for record in 0..<chunks[chunk].count {
        let (name, fact) = fact(at: chunk, record)
        if !visit(name, fact) { return }
      }
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
  fileprivate var packed: [UInt8] { Array(namespace.utf8) + [0] + Array(name.utf8) }

  fileprivate init(packed: ArraySlice<UInt8>) {
    let end = packed.firstIndex(of: 0) ?? packed.endIndex
    self.init(
      namespace: String(decoding: packed[..<end], as: UTF8.self),
      name: String(decoding: packed[end...].dropFirst(), as: UTF8.self))
  }
}
