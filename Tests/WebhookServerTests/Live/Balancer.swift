import Foundation
import TestSupport

/// A TCP load balancer, in place of a Service: a new connection goes to the next backend, and an open one stays on its
/// backend.
final class Balancer: @unchecked Sendable {
  // Sendable: the backends are guarded by the lock; the listening socket never changes.

  let port: Int
  private let listener: Int32
  private let lock = NSLock()
  private var backends: [Int] = []
  private var turn = 0

  init() throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.address(port: 0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let result = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && listen(listener, 128) == 0
          ? getsockname(listener, address, &length) : -1
      }
    }
    guard result == 0 else { throw POSIXError(.EADDRINUSE) }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread { [weak self] in
      while case let client = accept(listener, nil, nil), client >= 0 { self?.forward(client) }
    }.start()
  }

  deinit {
    shutdown(listener, Int32(SHUT_RDWR))
    close(listener)
  }

  /// Sets the ready backends, which get new connections from now on.
  func use(_ ports: [Int]) { lock.withLock { backends = ports } }

  private func forward(_ client: Int32) {
    // The next backend, or the one after it if the connection is refused.
    let command = lock.withLock {
      turn += 1
      return backends.indices.map { backends[(turn + $0) % backends.count] }
    }
    guard let server = command.lazy.compactMap({ try? HTTPSConnection.connect(port: $0) }).first else {
      close(client)
      return
    }
    let open = Latch(2) {
      close(client)
      close(server)
    }
    for (from, to) in [(client, server), (server, client)] {
      Thread {
        Self.pump(from, to)
        open.countDown()
      }.start()
    }
  }

  /// Copies until end of file, and closes the other side for writing.
  private static func pump(_ from: Int32, _ to: Int32) {
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while case let count = recv(from, &buffer, buffer.count, 0), count > 0 {
      var sent = 0
      while sent < count {
        let written = buffer[sent..<count].withUnsafeBytes { send(to, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        guard written > 0 else { return }
        sent += written
      }
    }
    shutdown(to, Int32(SHUT_WR))
  }

  private static func address(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    address.sin_port = UInt16(port).bigEndian
    return address
  }
}

/// Runs a closure when it has been counted down to zero.
private final class Latch: @unchecked Sendable {
  // Sendable: the count is guarded by the lock.
  private let lock = NSLock()
  private var count: Int
  private let atZero: @Sendable () -> Void

  init(_ count: Int, atZero: @escaping @Sendable () -> Void) {
    self.count = count
    self.atZero = atZero
  }

  func countDown() {
    let isZero = lock.withLock {
      count -= 1
      return count == 0
    }
    if isZero { atZero() }
  }
}
