/// Elements in numbered, reused slots; a token finds its element until that is removed.
///
/// Not copyable, to prevent accidental copies of its arrays.
public struct Slab<Element: AnyObject>: ~Copyable {
  private var elements: [Element?] = []
  private var generations: [UInt32] = []
  private var free: [Int] = []

  public init() {}

  public var count: Int { elements.count - free.count }

  /// Inserts the element that `make` returns for its token.
  public mutating func insert(_ make: (Poller.Token) -> Element) -> Element {
    let slot: Int
    if let reused = free.popLast() {
      slot = reused
    } else {
      slot = elements.count
      elements.append(nil)
      generations.append(0)
    }
    let element = make(Poller.Token(slot: UInt32(slot), generation: generations[slot]))
    elements[slot] = element
    return element
  }

  public subscript(_ token: Poller.Token) -> Element? { holds(token) ? elements[Int(token.slot)] : nil }

  /// Returns whether the token's element is still in its slot.
  public func holds(_ token: Poller.Token) -> Bool {
    let slot = Int(token.slot)
    return slot < generations.count && generations[slot] == token.generation
  }

  public mutating func remove(_ token: Poller.Token) {
    let slot = Int(token.slot)
    guard holds(token) else { return }
    elements[slot] = nil
    generations[slot] &+= 1
    free.append(slot)
  }

  /// All elements, in the order of slots.
  public var all: [Element] { elements.compactMap { $0 } }
}
