import Foundation
import HTTPWire
import TestSupport
import Testing

@Suite struct `Bad input` {
  let server: RunningServer

  init() throws {
    server = try RunningServer()
  }

  /// Requests and the expected responses; every row is sent over HTTP/1.1 and HTTP/2.
  static let table: [(path: String, body: String?, options: [String], status: Int, words: String, allow: String?)] = [
    ("/validate", "", [], 400, "is not JSON", nil),
    ("/validate", "no JSON", [], 400, "is not JSON", nil),
    ("/mutate", "{\"kind\":", [], 400, "line 1, column 9", nil),
    ("/validate", "[]", [], 400, "is not an AdmissionReview", nil),
    ("/validate", "{}", [], 400, "is not an AdmissionReview", nil),
    ("/mutate", #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1"}"#, [], 400, "apiVersion", nil),
    ("/validate", #"{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}"#, [], 400, "no request", nil),
    ("/", nil, [], 404, "no such path", nil),
    ("/validate/", "{}", [], 404, "no such path", nil),
    ("/Validate", "{}", [], 404, "no such path", nil),
    ("/validate", nil, [], 405, "POST", "POST"),
    ("/mutate", "{}", ["--request", "PUT"], 405, "POST", "POST"),
    ("/healthz", "{}", [], 405, "GET", "GET, HEAD"),
    ("/readyz", "{}", ["--request", "DELETE"], 405, "GET", "GET, HEAD"),
    ("/metrics", "{}", [], 405, "GET", "GET, HEAD"),
    ("/validate", "{}", ["--header", "Content-Type: text/plain"], 415, "application/json", nil),
    ("/validate", "{}", ["--header", "Content-Type:"], 415, "application/json", nil),
    ("/mutate", "{}", ["--header", "Content-Type: application/jsonp"], 415, "application/json", nil),
    ("/mutate", "{}", ["--header", "Content-Type: application/json text"], 415, "application/json", nil),
    ("/mutate", "{}", ["--header", "Content-Type: application/json\t; charset=utf-8"], 400, "AdmissionReview", nil),
  ]

  @Test(arguments: ["--http1.1", "--http2"])
  func `an invalid request gets its status and a reason in JSON, and the connection stays open`(_ version: String)
    throws
  {
    for (path, body, options, status, words, allow) in Self.table {
      let response = try server.fetch(path, post: body, [version] + options)
      #expect(response.status == status, "\(path) \(body ?? "")")
      #expect(response.headers["content-type"] == "application/json")
      #expect(response.headers["allow"] == allow)
      #expect(response.headers["connection"] == nil)
      #expect(response.error?.contains(words) == true, "\(response.body)")
    }
  }

  @Test(arguments: [
    "application/json", "Application/JSON", "application/json; charset=utf-8", "application/json ;q=1",
  ]) func `every spelling of the JSON content type is accepted`(_ type: String) throws {
    let response = try server.fetch(
      "/validate", post: ExampleReview.text("update-set-value"), "--header", "Content-Type: \(type)")
    #expect(response.status == 200)
  }

  @Test(arguments: ["--http1.1", "--http2"])
  func `a body or header block above its limit is rejected`(_ version: String) throws {
    let body = String(repeating: " ", count: HTTPLimits.body + 1)
    let tooLong = try server.fetch("/validate", post: body, version, "--header", "Expect:")
    #expect(tooLong.status == 413)
    let field = String(repeating: "x", count: HTTPLimits.head + 1)
    let tooManyFields = try server.fetch("/healthz", version, "--header", "X-Long: \(field)")
    #expect(tooManyFields.status == 431)
    if version == "--http1.1" {
      #expect(tooLong.headers["connection"] == "close")
      #expect(tooManyFields.headers["connection"] == "close")
    }
    #expect(try server.fetch("/healthz", version).status == 200)
  }

  /// Requests that two parsers might read differently; `MalformedRequestTests` has many more.
  static let malformed: [(wire: String, status: Int)] = [
    ("GET / HTTP/1.1\nHost: x\r\n\r\n", 400),
    ("GET /\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(HTTPLimits.body + 1)\r\n\r\n", 413),
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
  ]

  @Test(arguments: malformed) func `malformed HTTP is rejected and the connection closed`(
    _ row: (wire: String, status: Int)
  ) throws {
    let connection = try server.connect()
    // Sent in the same write; it must not be parsed as a request.
    connection.send("\(row.wire)GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    _ = try connection.exitCode()
    let output = connection.output.text
    #expect(output.hasPrefix("HTTP/1.1 \(row.status) "), "\(output)")
    #expect(output.contains("Connection: close\r\n"))
    #expect(output.components(separatedBy: "\r\nDate: ").count == 2, "exactly one response")
  }

  @Test func `the response to HEAD has no body`() throws {
    let response = try server.fetch("/healthz", "--http1.1", "--head")
    #expect(response.status == 200)
    #expect(response.headers["content-length"] == "3")
    #expect(response.body == "")
  }

  @Test func `a hostile connection does not affect others`() throws {
    let calm = try server.connect()
    calm.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    try calm.output.wait(forText: "ok\n")

    var hostile: [Program] = []
    for _ in 0..<4 {
      for wire in ["POST /validate HTTP/1.1\r\nHost: x\r\nContent-Length: 7000000\r\n\r\n{", "GET /", "\r\n"] {
        let connection = try server.connect()
        connection.send(wire)
        hostile.append(connection)
      }
    }
    for garbage in [
      "GET / HTTP/1.1\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}", String(repeating: "\0", count: 100_000),
    ] {
      let socket = try RawSocket(port: server.port)
      socket.send(Array(garbage.utf8))
      hostile += [try server.connect()]
      #expect(try server.validate(ExampleReview.text("update-set-value")) == Verdict(isAllowed: true))
    }
    calm.send("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
    try calm.output.wait(forText: "ready\n")
    #expect(!hostile.isEmpty)
  }

  @Test func `plain HTTP and garbage close their connection`() throws {
    for garbage in ["GET / HTTP/1.1\r\nHost: x\r\n\r\n", String(repeating: "A", count: 1000)] {
      let socket = try RawSocket(port: server.port)
      socket.send(Array(garbage.utf8))
      // At most a TLS alert.
      #expect(try socket.receiveUntilClosed().count <= 7)
    }
  }
}

/// A TCP connection without TLS, by the C library only.
final class RawSocket {
  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if result != 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    var limit = timeval(tv_sec: Int(Program.timeout), tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Sends only the first bytes of a ClientHello.
  func beginHandshake() { send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]) }

  func send(_ bytes: [UInt8]) { _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

  /// Reads until the peer closes or resets the connection; throws on a timeout.
  func receiveUntilClosed() throws -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count == 0 || count < 0 && errno == ECONNRESET { return all }
      if count < 0 { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
      all += buffer[..<count]
    }
  }
}
