internal import CLinux
internal import Glibc

/// The address of a TCP socket: an IPv4 or IPv6 address and a port.
public struct SocketAddress: Sendable {
  private let storage: sockaddr_storage

  init(_ storage: sockaddr_storage) {
    self.storage = storage
  }

  /// Parses `0.0.0.0:8443`, `[::]:8443` or `127.0.0.1:0`; port 0 lets the kernel choose one.
  ///
  /// Names are not resolved: a server listens on addresses.
  public init?(_ text: String) {
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    let host = text[..<colon]
    var storage = sockaddr_storage()
    if host.hasPrefix("["), host.hasSuffix("]") {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = port.bigEndian
      // Sound: inet_pton writes 16 bytes, the size of sin6_addr.
      guard unsafe inet_pton(AF_INET6, String(host.dropFirst().dropLast()), &address.sin6_addr) == 1 else { return nil }
      unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.storeBytes(of: address, as: sockaddr_in6.self) }
    } else {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      // Sound: inet_pton writes 4 bytes, the size of sin_addr.
      guard unsafe inet_pton(AF_INET, String(host), &address.sin_addr) == 1 else { return nil }
      unsafe withUnsafeMutableBytes(of: &storage) { unsafe $0.storeBytes(of: address, as: sockaddr_in.self) }
    }
    self.storage = storage
  }

  var family: Int32 { Int32(storage.ss_family) }

  public var port: Int {
    // The port has the same offset in both structures (ip(7), ipv6(7)).
    unsafe withUnsafeBytes(of: storage) { unsafe Int(UInt16(bigEndian: $0.load(fromByteOffset: 2, as: UInt16.self))) }
  }

  func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    let length = family == AF_INET6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size
    // Sound: every socket address begins with the fields of sockaddr.
    return unsafe withUnsafePointer(to: storage) { storage in
      unsafe storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { unsafe body($0, socklen_t(length)) }
    }
  }
}

extension SocketAddress: CustomStringConvertible {
  /// The format that ``init(_:)`` parses.
  public var description: String {
    var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let isKnown = unsafe withSocketAddress { address, length in
      unsafe getnameinfo(address, length, &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST)
    }
    let text = String(decoding: host.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    guard isKnown == 0 else { return "unknown" }
    return family == AF_INET6 ? "[\(text)]:\(port)" : "\(text):\(port)"
  }
}
