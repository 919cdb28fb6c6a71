/// The objects of one kind, each reduced to its fact, found by name and listed in order.
///
/// A write takes constant time. The first read of the list after a write sorts only the changed names and copies the
/// rest; a write of an equal fact is no change.
struct ObjectTable<Fact: Sendable & Equatable>: Sendable {
  private var facts: [NamespacedName: Fact] = [:]
  /// The sorted names and facts as of the last read.
  private var names: [NamespacedName] = []
  private var list: [Fact] = []
  /// The names that were written or removed since the last read.
  private var changed: Set<NamespacedName> = []

  subscript(name: NamespacedName) -> Fact? {
    get { facts[name] }
    set { _ = set(newValue, at: name) }
  }

  /// Inserts, replaces or, with nil, removes a fact. Returns whether that is a change.
  mutating func set(_ fact: Fact?, at name: NamespacedName) -> Bool {
    if facts[name] == fact { return false }
    facts[name] = fact
    changed.insert(name)
    return true
  }

  var isEmpty: Bool { facts.isEmpty }

  /// All facts, sorted by namespace and name, so that equal clusters give equal messages.
  var sorted: [Fact] {
    mutating get {
      if !changed.isEmpty { mergeChanges() }
      return list
    }
  }

  /// Merges the changed objects, sorted, into the unchanged ones.
  private mutating func mergeChanges() {
    let (oldNames, oldList) = (names, list)
    (names, list) = ([], [])
    names.reserveCapacity(facts.count)
    list.reserveCapacity(facts.count)
    var place = 0
    for name in changed.sorted() {
      let end = oldNames.firstPlace(notBefore: name, from: place)
      names += oldNames[place..<end]
      list += oldList[place..<end]
      place = end
      if place < oldNames.count, oldNames[place] == name { place += 1 }
      if let fact = facts[name] {
        names.append(name)
        list.append(fact)
      }
    }
    names += oldNames[place...]
    list += oldList[place...]
    changed = []
  }
}

extension [NamespacedName] {
  /// Returns the first index at or after `start` whose name is not less than `name`, by binary search.
  fileprivate func firstPlace(notBefore name: NamespacedName, from start: Int) -> Int {
    var (low, high) = (start, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < name { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
