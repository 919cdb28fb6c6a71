import Foundation

/// A blocking HTTPS client, cheap enough for thousands of connections.
public final class HTTPSConnection {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  public struct Response: Sendable {
    public let status: Int
    public let head: String
    public let body: String

    /// The server closes the connection after this response.
    public var closes: Bool { head.lowercased().contains("\r\nconnection: close") }
  }

  private let descriptor: Int32
  private let tls: ClientTLS
  private var plaintext: [UInt8] = []

  /// Connects to 127.0.0.1.
  public static func connect(port: Int) throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var limit = timeval(tv_sec: Int(Program.timeout), tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Foundation.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result != 0 {
      let reason = String(cString: strerror(errno))
      close(descriptor)
      throw Failure(description: "cannot connect: \(reason)")
    }
    return descriptor
  }

  /// Connects and performs the TLS handshake.
  ///
  /// - Parameters:
  ///   - protocols: The protocols to offer by ALPN.
  ///   - blocksOnSend: Waits until the server has read what is sent; otherwise sending times out quickly.
  public init(
    port: Int, _ context: ClientContext, protocols: [String] = ["http/1.1"], blocksOnSend: Bool = true
  ) throws {
    descriptor = try Self.connect(port: port)
    tls = ClientTLS(context, protocols: protocols)
    if !blocksOnSend {
      var limit = timeval(tv_sec: 0, tv_usec: 50_000)
      setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    while tls.state == .handshaking {
      try flush()
      plaintext += tls.receive(try read())
    }
    try flush()
    if case .failed(let reason) = tls.state { throw Failure(description: "handshake: \(reason)") }
  }

  deinit { close(descriptor) }

  public var serverSerial: String { tls.serverSerial }

  public func send(_ text: String) throws { try send(Array(text.utf8)) }

  public func send(_ bytes: [UInt8]) throws {
    tls.send(bytes)
    try flush()
  }

  /// Closes the sending half of the TCP connection; responses can still be read.
  public func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Sends close_notify and leaves the TCP connection open.
  public func sendCloseNotify() throws {
    tls.endSending()
    try flush()
  }

  /// Sends key updates without any HTTP data.
  public func changeKeys(times: Int) throws {
    for _ in 0..<times { tls.changeKey() }
    try send([UInt8]())
  }

  /// Sends plain bytes on the socket, outside TLS.
  public func sendGarbage() {
    let bytes = [UInt8](repeating: 0x20, count: 64)
    _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  public func fetch(_ path: String, post body: String? = nil) throws -> Response {
    try send(Self.request(path, post: body))
    return try receiveResponse()
  }

  public static func request(_ path: String, post body: String? = nil) -> String {
    guard let body else { return "GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n" }
    return "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
  }

  public func receiveResponse() throws -> Response {
    while true {
      if let response = takeResponse() { return response }
      guard tls.state == .open else { throw Failure(description: "closed before the response: \(tls.state)") }
      plaintext += tls.receive(try read())
    }
  }

  /// Reads until the server closes the connection; throws on a timeout.
  public func receiveUntilClosed() throws -> String { String(decoding: try receiveBytesUntilClosed(), as: UTF8.self) }

  public func receiveBytesUntilClosed() throws -> [UInt8] {
    while true {
      do {
        plaintext += tls.receive(try read())
      } catch let failure as Failure where failure.description.hasPrefix("closed") {
        return plaintext
      }
    }
  }

  private func takeResponse() -> Response? {
    guard let end = Data(plaintext).range(of: Data("\r\n\r\n".utf8)) else { return nil }
    let head = String(decoding: plaintext[..<end.lowerBound], as: UTF8.self)
    let lines = head.components(separatedBy: "\r\n")
    let length = lines.lazy.compactMap { line in
      line.lowercased().hasPrefix("content-length: ") ? Int(line.dropFirst("Content-Length: ".count)) : nil
    }.first
    let words = lines[0].split(separator: " ")
    var whole = end.upperBound + (length ?? 0)
    if head.lowercased().contains("transfer-encoding: chunked") {
      // An API server sends chunks, the webhook never. Only their end matters: JSON has no such line ends.
      // The body may be one empty chunk.
      let rest = end.upperBound - 2..<plaintext.count
      guard let last = Data(plaintext).range(of: Data("\r\n0\r\n\r\n".utf8), in: rest) else { return nil }
      whole = last.upperBound
    }
    guard plaintext.count >= whole, words.count > 1 else { return nil }
    let body = String(decoding: plaintext[end.upperBound..<whole], as: UTF8.self)
    plaintext.removeFirst(whole)
    return Response(status: Int(words[1]) ?? 0, head: head, body: body)
  }

  private func flush() throws {
    let bytes = tls.takeOutput()
    var sent = 0
    while sent < bytes.count {
      let count = bytes[sent...].withUnsafeBytes { buffer in
        Foundation.send(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw Failure(description: "closed while sending: \(String(cString: strerror(errno)))") }
      sent += count
    }
  }

  private func read() throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 32 * 1024)
    let count = recv(descriptor, &buffer, buffer.count, 0)
    if count > 0 { return Array(buffer[..<count]) }
    if count == 0 { throw Failure(description: "closed by the server") }
    let reason = errno
    if reason == ECONNRESET || reason == EPIPE { throw Failure(description: "closed by a reset") }
    throw Failure(description: "nothing came: \(String(cString: strerror(reason)))")
  }
}

/// Clients that repeat one request, each over its own connection, until they are stopped.
public final class SteadyClients: @unchecked Sendable {
  // Sendable: all mutable state is guarded by the condition.
  private let condition = NSCondition()
  private var isEnding = false
  private var running = 0
  private var responses = 0
  private var connections = 0
  private var maxLatency: TimeInterval = 0
  private var failures: [String] = []

  public struct Outcome: Sendable {
    public let responses: Int
    public let connections: Int
    /// Descriptions of requests with no response or a wrong one.
    public let failures: [String]
    public let maxLatency: TimeInterval
  }

  /// - Parameters:
  ///   - perConnection: The number of requests on a connection before a client reconnects; nil for no limit.
  ///   - isRight: Returns whether a response is correct.
  public init(
    clients: Int, port: Int, _ context: ClientContext, path: String, post body: String? = nil,
    perConnection: Int? = nil, isRight: @escaping @Sendable (HTTPSConnection.Response) -> Bool
  ) {
    running = clients
    for _ in 0..<clients {
      let thread = Thread { [self] in
        var connection: HTTPSConnection?
        var asked = 0
        while !condition.withLock({ isEnding }) {
          do {
            let start = Date()
            if connection == nil {
              connection = try HTTPSConnection(port: port, context)
              asked = 0
              condition.withLock { connections += 1 }
            }
            guard let response = try connection?.fetch(path, post: body) else { continue }
            asked += 1
            let time = Date().timeIntervalSince(start)
            condition.withLock {
              responses += 1
              maxLatency = max(maxLatency, time)
              if !isRight(response) { failures.append("\(response.status) \(response.body.prefix(200))") }
              condition.broadcast()
            }
            if response.closes || asked == perConnection { connection = nil }
          } catch {
            connection = nil
            condition.withLock { failures.append("\(error)") }
          }
        }
        condition.withLock {
          running -= 1
          condition.broadcast()
        }
      }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  /// Waits for a number of further responses.
  public func wait(forResponses count: Int) throws {
    let deadline = Date(timeIntervalSinceNow: Program.timeout)
    try condition.withLock {
      let goal = responses + count
      while responses < goal {
        if !condition.wait(until: deadline) {
          throw OutputTimeout(expected: "\(count) responses", text: "\(failures.prefix(5))")
        }
      }
    }
  }

  /// Stops each client after its current response.
  public func end() -> Outcome {
    condition.withLock {
      isEnding = true
      while running > 0 { condition.wait() }
      return Outcome(responses: responses, connections: connections, failures: failures, maxLatency: maxLatency)
    }
  }
}
