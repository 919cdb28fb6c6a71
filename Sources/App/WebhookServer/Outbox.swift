internal import HTTPWire
internal import Reactor

/// Ciphertext that the kernel has not taken yet.
struct Outbox: ~Copyable {
  /// What is to be sent is appended here.
  var bytes: [UInt8] = []
  /// Of which so many bytes are taken.
  private var sent = 0
  /// The memory that the bytes may take.
  private var share: SharedMemory.Share
  var sharedBytes: Int { share.bytes }

  enum Delivery {
    case done
    /// Something is left for when the kernel has room again.
    case waiting
    /// There is no connection any more, or no memory to wait in.
    case hopeless
  }

  init(memory: SharedMemory) {
    share = SharedMemory.Share(of: memory)
  }

  var isEmpty: Bool { bytes.isEmpty }
  var count: Int { bytes.count - sent }

  mutating func send(to socket: borrowing Socket) -> Delivery {
    while sent < bytes.count {
      do {
        // A peer that takes its answers slowly holds memory; where there is none left, it goes.
        guard case .done(let count) = try socket.send(bytes.span.extracting(sent...)) else {
          dropTaken()
          return share.hold(bytes.count) ? .waiting : .hopeless
        }
        sent += count
      } catch {
        return .hopeless
      }
    }
    clear()
    return .done
  }

  /// Of somebody who asks steadily and reads slowly there is always something left.
  private mutating func dropTaken() {
    guard sent > bytes.count / 2 else { return }
    bytes.removeSubrange(..<sent)
    sent = 0
  }

  /// A connection that rests keeps little memory.
  private mutating func clear() {
    sent = 0
    _ = share.hold(0)
    if bytes.capacity > 4096 { bytes = [] } else { bytes.removeAll(keepingCapacity: true) }
  }
}
