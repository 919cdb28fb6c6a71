/// The objects of one kind, each reduced to what the rules ask of it, found by name and listed in order.
///
/// Writing one costs the same among ten and among ten thousand; the order is made when somebody asks for the list, and
/// kept until something changes.
struct ObjectTable<Fact: Sendable>: Sendable {
  private var facts: [ObjectName: Fact] = [:]
  /// Nil when something has changed since the list was made.
  private var list: [Fact]?

  subscript(name: ObjectName) -> Fact? {
    get { facts[name] }
    set {
      // An object that says nothing of interest and has said nothing before: a machine that stays shut down.
      if newValue == nil, facts[name] == nil { return }
      facts[name] = newValue
      list = nil
    }
  }

  /// Every fact in the order of namespaces and names, so that equal clusters give equal messages.
  var ordered: [Fact] {
    mutating get {
      if let list { return list }
      let list = facts.sorted { $0.key < $1.key }.map(\.value)
      self.list = list
      return list
    }
  }
}
