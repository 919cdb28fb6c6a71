import COpenSSL
import Foundation

/// A stub of an API server: TLS, HTTP/1.1, lists and watches.
///
/// It uses one thread per connection and blocking calls, unlike the code under test.
public final class StubAPIServer: @unchecked Sendable {
  // Sendable: all mutable state is guarded by the condition.

  public struct Request: Sendable {
    public let method: String
    public let path: String
    public let headers: [String: String]
    public let body: String
  }

  public enum Reply: Sendable {
    case whole(Int, String)
    /// A watch: events that are pushed to its path are sent at once.
    case stream
    /// No response, until the client closes the connection.
    case silence
  }

  private let condition = NSCondition()
  private let listener: Int32
  private let context: OpaquePointer
  private let isProxy: Bool
  private let endsWatches: Bool
  private let handler: @Sendable (Request) -> Reply
  private var seen: [Request] = []
  private var connected: [String] = []
  private var sockets: Set<Int32> = []
  /// The unsent events of the open watches by path; nil ends a watch.
  private var pushed: [String: [String?]] = [:]
  public let port: Int

  /// - Parameters:
  ///   - name: The name of the certificate to serve.
  ///   - requiresCertificate: Whether clients must present a certificate.
  ///   - endsWatches: Whether a watch ends after its `timeoutSeconds`, as an API server's does.
  ///   - isProxy: Whether clients must send CONNECT first; the tunnel leads to this server.
  public init(
    _ certificates: Certificates, presenting name: String = "server", requiresCertificate: Bool = false,
    isProxy: Bool = false, endsWatches: Bool = false, handler: @escaping @Sendable (Request) -> Reply
  ) throws {
    self.handler = handler
    self.isProxy = isProxy
    self.endsWatches = endsWatches
    context = SSL_CTX_new(TLS_server_method())
    SSL_CTX_use_certificate_file(context, certificates.folder.path("\(name).pem"), SSL_FILETYPE_PEM)
    SSL_CTX_use_PrivateKey_file(context, certificates.folder.path("\(name).key"), SSL_FILETYPE_PEM)
    if requiresCertificate {
      SSL_CTX_load_verify_locations(context, certificates.authority, nil)
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
    }
    signal(SIGPIPE, SIG_IGN)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length)
        listen(listener, 64)
        getsockname(listener, address, &length)
      }
    }
    port = Int(UInt16(bigEndian: address.sin_port))
    Thread.detachNewThread { [weak self] in
      while case let socket = accept(listener, nil, nil), socket >= 0 {
        // As in Go's servers: an event does not wait for the acknowledgment of the one before.
        var isOn: Int32 = 1
        setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout.size(ofValue: isOn)))
        Thread.detachNewThread { [weak self] in self?.serve(socket) }
      }
    }
  }

  /// Stops accepting connections and closes the open ones.
  public func stop() {
    shutdown(listener, Int32(SHUT_RDWR))
    breakConnections()
  }

  deinit {
    stop()
    close(listener)
    SSL_CTX_free(context)
  }
}

extension StubAPIServer {
  public var url: String { "https://127.0.0.1:\(port)" }
  public var requests: [Request] { condition.withLock { seen } }
  /// The hosts of the CONNECT requests.
  public var tunnels: [String] { condition.withLock { connected } }

  /// Sends an event to the watch of a path.
  public func push(_ text: String, to path: String) { put(text, to: path) }

  /// Ends the watch of a path with the last chunk.
  public func endWatch(of path: String) { put(nil, to: path) }

  private func put(_ text: String?, to path: String) {
    condition.withLock {
      pushed[path, default: []].append(text)
      condition.broadcast()
    }
  }

  public func breakConnections() {
    condition.withLock {
      for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
      for path in pushed.keys { pushed[path]?.append(nil) }
      condition.broadcast()
    }
  }
}

// One connection.
extension StubAPIServer {
  private func serve(_ socket: Int32) {
    condition.withLock { _ = sockets.insert(socket) }
    defer {
      condition.withLock { _ = sockets.remove(socket) }
      close(socket)
    }
    if isProxy {
      guard let host = readTunnel(socket) else { return }
      condition.withLock { connected.append(host) }
    }
    guard let ssl = SSL_new(context) else { return }
    defer { SSL_free(ssl) }
    SSL_set_fd(ssl, socket)
    guard SSL_accept(ssl) == 1 else { return }
    while let request = read(ssl) {
      condition.withLock { seen.append(request) }
      switch handler(request) {
      case .whole(let status, let body):
        guard write(ssl, "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)") else { return }
      case .silence:
        _ = read(ssl)
        return
      case .stream:
        guard write(ssl, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), stream(request, ssl) else {
          return
        }
      }
    }
  }

  /// Sends pushed events until the watch ends; returns false if the client has disconnected.
  private func stream(_ request: Request, _ ssl: OpaquePointer) -> Bool {
    let path = request.name
    let end = endsWatches ? request.timeoutSeconds.map { Date(timeIntervalSinceNow: $0) } : nil
    while true {
      let next: String? = condition.withLock {
        while pushed[path, default: []].isEmpty {
          if let end {
            if !condition.wait(until: end) { return nil }
          } else {
            condition.wait()
          }
        }
        return pushed[path]?.removeFirst() ?? nil
      }
      guard let text = next else { return write(ssl, "0\r\n\r\n") }
      guard write(ssl, "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n") else { return false }
    }
  }

  private func write(_ ssl: OpaquePointer, _ text: String) -> Bool {
    let bytes = Array(text.utf8)
    return SSL_write(ssl, bytes, Int32(bytes.count)) == bytes.count
  }

  private func read(_ ssl: OpaquePointer) -> Request? {
    var text = ""
    var byte: UInt8 = 0
    while !text.hasSuffix("\r\n\r\n") {
      guard SSL_read(ssl, &byte, 1) == 1 else { return nil }
      text.unicodeScalars.append(Unicode.Scalar(byte))
    }
    var lines = text.components(separatedBy: "\r\n").filter { !$0.isEmpty }
    let line = lines.removeFirst().split(separator: " ")
    let fields = lines.map { line in
      line.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
    }
    let headers = Dictionary(fields.map { ($0[0].lowercased(), $0[1]) }, uniquingKeysWith: { $1 })
    var body: [UInt8] = []
    while body.count < headers["content-length"].flatMap(Int.init) ?? 0 {
      guard SSL_read(ssl, &byte, 1) == 1 else { return nil }
      body.append(byte)
    }
    return Request(
      method: String(line[0]), path: String(line[1]), headers: headers, body: String(decoding: body, as: UTF8.self))
  }

  /// Accepts a CONNECT request and returns its host.
  private func readTunnel(_ socket: Int32) -> String? {
    var text = ""
    var byte: UInt8 = 0
    while !text.hasSuffix("\r\n\r\n") {
      guard recv(socket, &byte, 1, 0) == 1 else { return nil }
      text.unicodeScalars.append(Unicode.Scalar(byte))
    }
    let granted = Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
    send(socket, granted, granted.count, 0)
    return text.split(separator: " ").dropFirst().first.map(String.init)
  }
}

extension StubAPIServer.Request {
  /// The path without its query.
  public var name: String { String(path.prefix { $0 != "?" }) }
  public var isWatch: Bool { path.contains("watch=true") }

  fileprivate var timeoutSeconds: TimeInterval? {
    path.firstMatch(of: /timeoutSeconds=(\d+)/).flatMap { TimeInterval($0.1) }
  }
}

extension StubAPIServer.Reply {
  /// An empty list of any kind, except for nodes: a cluster has at least one node.
  public static func list(for request: StubAPIServer.Request) -> Self {
    let isNodes = request.path.hasPrefix("/api/v1/nodes")
    let node = #"{"apiVersion":"v1","kind":"Node","metadata":{"name":"node-1","resourceVersion":"1"}}"#
    return .whole(200, #"{"metadata":{"resourceVersion":"5"},"items":[\#(isNodes ? node : "")]}"#)
  }
}
