/// Keeps elements in numbered slots that are used again; a token finds its element as long as it is the same one.
///
/// Not copyable, so that nobody copies its arrays to look into one.
public struct Slab<Element: AnyObject>: ~Copyable {
  private var elements: [Element?] = []
  private var generations: [UInt32] = []
  private var free: [Int] = []

  public init() {}

  public var count: Int { elements.count - free.count }

  /// Gives the element a slot; `make` learns its token.
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

  /// Whether the element of this token is still in its slot.
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

  /// Every element, in the order of slots.
  public var all: [Element] { elements.compactMap { $0 } }
}
