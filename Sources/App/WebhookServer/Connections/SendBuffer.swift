internal import HTTPWire
internal import Platform

/// Ciphertext that the kernel has not taken yet.
struct SendBuffer: ~Copyable {
  /// What is to be sent is appended here.
  var bytes: [UInt8] = []
  /// Of which so many bytes are taken.
  private var sent = 0
  /// The memory that the bytes may take.
  private var reservation: MemoryBudget.Reservation
  var reservedBytes: Int { reservation.bytes }

  enum WriteResult {
    case complete
    /// Something is left for when the kernel has room again.
    case pending
    /// There is no connection any more, or no memory to wait in.
    case failed
  }

  init(memory: MemoryBudget) {
    reservation = MemoryBudget.Reservation(of: memory)
  }

  var isEmpty: Bool { bytes.isEmpty }
  var count: Int { bytes.count - sent }

  mutating func send(to socket: borrowing Socket) -> WriteResult {
    while sent < bytes.count {
      do {
        // A peer that takes its answers slowly holds memory; where there is none left, it goes.
        guard case .processed(let count) = try socket.send(bytes.span.extracting(sent...)) else {
          compact()
          return reservation.resize(to: bytes.count) ? .pending : .failed
        }
        sent += count
      } catch {
        return .failed
      }
    }
    clear()
    return .complete
  }

  /// Of somebody who asks steadily and reads slowly there is always something left.
  private mutating func compact() {
    guard sent > bytes.count / 2 else { return }
    bytes.removeSubrange(..<sent)
    sent = 0
  }

  /// A connection that rests keeps little memory.
  private mutating func clear() {
    sent = 0
    _ = reservation.resize(to: 0)
    if bytes.capacity > 4096 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
  }
}
