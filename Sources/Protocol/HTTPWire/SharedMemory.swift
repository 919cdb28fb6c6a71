/// The memory that the connections of one loop share for what is not whole yet or not taken yet: bodies that arrive,
/// answers that a peer is slow to take.
///
/// It bounds what many connections hold together, where each of them keeps its own bounds. Small holders, which are requests in
/// HTTP/1.1 and connections in HTTP/2, are not counted, so that the reviews of a quiet cluster pass whatever else is going on.
package final class SharedMemory {
  package let limit: Int
  /// Bytes that are held now.
  package private(set) var held = 0
  /// How often there was no room.
  package private(set) var refusals = 0

  package init(limit: Int = HTTPLimits.sharedMemory) {
    self.limit = limit
  }

  /// How much has to be given back before somebody new may find none: a quarter is kept for those.
  package var shortage: Int { max(0, held - (limit - limit / 4)) }

  /// What one holder has of it, given back when the holder ends.
  package struct Share: ~Copyable {
    private let memory: SharedMemory
    /// As far as they count.
    package private(set) var bytes = 0

    package init(of memory: SharedMemory) {
      self.memory = memory
    }

    deinit {
      memory.held -= bytes
    }

    /// Follows what the holder has now; false, and no change, where there is no room for more.
    package mutating func hold(_ count: Int) -> Bool {
      let counted = Self.counted(count)
      if counted > bytes, memory.held - bytes + counted > memory.limit {
        memory.refusals += 1
        return false
      }
      follow(counted)
      return true
    }

    /// Follows what the holder has now, where that is less.
    package mutating func shrink(to count: Int) { follow(min(Self.counted(count), bytes)) }

    private mutating func follow(_ counted: Int) {
      memory.held += counted - bytes
      bytes = counted
    }

    private static func counted(_ count: Int) -> Int { count > HTTPLimits.uncountedMemory ? count : 0 }
  }
}
