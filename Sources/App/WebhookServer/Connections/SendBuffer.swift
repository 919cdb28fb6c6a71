internal import HTTPWire
internal import Platform

/// Ciphertext that the kernel has not taken yet.
struct SendBuffer: ~Copyable {
  /// Output is appended here.
  var bytes: [UInt8] = []
  /// The number of bytes that the kernel has taken.
  private var sent = 0
  /// The memory that the bytes occupy.
  private var reservation: MemoryBudget.Reservation
  var reservedBytes: Int { reservation.bytes }

  enum WriteResult {
    case complete
    /// Bytes remain until the socket is writable again.
    case pending
    /// The connection is gone, or there is no memory to keep the rest in.
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
        // A peer that reads slowly holds memory; without any left, its connection is closed.
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

  /// For a peer that sends steadily and reads slowly, the buffer is never empty.
  private mutating func compact() {
    guard sent > bytes.count / 2 else { return }
    bytes.removeSubrange(..<sent)
    sent = 0
  }

  /// An idle connection keeps little memory.
  private mutating func clear() {
    sent = 0
    _ = reservation.resize(to: 0)
    if bytes.capacity > 4096 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
  }
}
