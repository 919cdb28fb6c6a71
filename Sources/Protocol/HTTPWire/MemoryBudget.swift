/// The memory that the connections of one loop share for what is not whole yet or not taken yet: bodies that arrive,
/// answers that a peer is slow to take.
///
/// It bounds what many connections hold together, where each of them keeps its own bounds. Small holders, which are requests in
/// HTTP/1.1 and connections in HTTP/2, are not counted, so that the reviews of a quiet cluster pass whatever else is going on.
package final class MemoryBudget {
  package let limit: Int
  /// Bytes that are held now.
  package private(set) var reservedBytes = 0
  /// How often there was no room.
  package private(set) var rejectionCount = 0

  package init(limit: Int = HTTPLimits.inFlightMemory) {
    self.limit = limit
  }

  /// How much has to be given back before somebody new may find none: a quarter is kept for those.
  package var bytesOverWatermark: Int { max(0, reservedBytes - (limit - limit / 4)) }

  /// What one holder has of it, given back when the holder ends.
  package struct Reservation: ~Copyable {
    private let memory: MemoryBudget
    /// As far as they count.
    package private(set) var bytes = 0

    package init(of memory: MemoryBudget) {
      self.memory = memory
    }

    deinit {
      memory.reservedBytes -= bytes
    }

    /// Follows what the holder has now; false, and no change, where there is no room for more.
    package mutating func resize(to count: Int) -> Bool {
      let counted = Self.counted(count)
      if counted > bytes, memory.reservedBytes - bytes + counted > memory.limit {
        memory.rejectionCount += 1
        return false
      }
      setReserved(counted)
      return true
    }

    /// Follows what the holder has now, where that is less.
    package mutating func shrink(to count: Int) { setReserved(min(Self.counted(count), bytes)) }

    private mutating func setReserved(_ counted: Int) {
      memory.reservedBytes += counted - bytes
      bytes = counted
    }

    private static func counted(_ count: Int) -> Int { count > HTTPLimits.accountingThreshold ? count : 0 }
  }
}
