/// The objects of one kind, each reduced to what the rules ask of it, found by name and listed in order.
///
/// Writing one costs the same among ten and among ten thousand. The list is brought up to date when somebody asks for
/// it: only what has changed is sorted, the rest is copied, and an object whose facts stay the same has not changed.
struct ObjectTable<Fact: Sendable & Equatable>: Sendable {
  private var facts: [ObjectName: Fact] = [:]
  /// The names and facts in order, as they were when somebody last asked.
  private var names: [ObjectName] = []
  private var list: [Fact] = []
  /// What has been put or removed since.
  private var changed: Set<ObjectName> = []

  subscript(name: ObjectName) -> Fact? {
    get { facts[name] }
    set {
      if facts[name] == newValue { return }
      facts[name] = newValue
      changed.insert(name)
    }
  }

  var isEmpty: Bool { facts.isEmpty }

  /// Every fact in the order of namespaces and names, so that equal clusters give equal messages.
  var sorted: [Fact] {
    mutating get {
      if !changed.isEmpty { mergeChanges() }
      return list
    }
  }

  /// The same with their names, for facts that do not repeat them.
  var orderedWithNames: Zip2Sequence<[ObjectName], [Fact]> {
    mutating get {
      if !changed.isEmpty { mergeChanges() }
      return zip(names, list)
    }
  }

  /// Merges the changed objects, in their order, into those that stayed as they were.
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

extension [ObjectName] {
  /// In a sorted array, by halving.
  fileprivate func firstPlace(notBefore name: ObjectName, from start: Int) -> Int {
    var (low, high) = (start, count)
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < name { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
