/// The memory that the connections of one event loop share for incomplete requests and unsent responses.
///
/// It limits the total of all connections; each also has its own limits. Small holders (requests in HTTP/1.1,
/// connections in HTTP/2) do not count, so that the reviews of a quiet cluster pass under any load.
package final class MemoryBudget {
  package let limit: Int
  /// The reserved bytes.
  package private(set) var reservedBytes = 0
  /// The number of rejected reservations.
  package private(set) var rejectionCount = 0

  package init(limit: Int = HTTPLimits.inFlightMemory) {
    self.limit = limit
  }

  /// The bytes to free so that a quarter of the budget is available to new requests.
  package var bytesOverWatermark: Int { max(0, reservedBytes - (limit - limit / 4)) }

  /// One holder's share, released when it is destroyed.
  package struct Reservation: ~Copyable {
    private let memory: MemoryBudget
    /// The reserved bytes; 0 for a small holder.
    package private(set) var bytes = 0

    package init(of memory: MemoryBudget) {
      self.memory = memory
    }

    deinit {
      memory.reservedBytes -= bytes
    }

    /// Sets the holder's size. Returns false and changes nothing if the budget is exhausted.
    package mutating func resize(to count: Int) -> Bool {
      let counted = Self.counted(count)
      if counted > bytes, memory.reservedBytes - bytes + counted > memory.limit {
        memory.rejectionCount += 1
        return false
      }
      setReserved(counted)
      return true
    }

    /// Sets the holder's size if that is less.
    package mutating func shrink(to count: Int) { setReserved(min(Self.counted(count), bytes)) }

    private mutating func setReserved(_ counted: Int) {
      memory.reservedBytes += counted - bytes
      bytes = counted
    }

    private static func counted(_ count: Int) -> Int { count > HTTPLimits.accountingThreshold ? count : 0 }
  }
}
