import Testing

@testable import HTTPWire

@Suite struct `Malformed HTTP/1.1 requests` {
  /// Requests that two parsers may read differently, and their status.
  static let table: [(wire: String, status: Int)] = [
    // request lines
    ("GET / HTTP/1.1\nHost: x\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x\r\n\n", 400), ("\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET /  HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    (" GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 400),
    ("GET\t/\tHTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET /\r\nHost: x\r\n\r\n", 400),
    ("GET / HTTP/1.1\rHost: x\r\n\r\n", 400), ("GET / http/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET / HTTP/1\r\nHost: x\r\n\r\n", 400), ("GET / HTTP/11\r\nHost: x\r\n\r\n", 400),
    ("GET / HTTP/1.10\r\nHost: x\r\n\r\n", 400), ("GET / HTTPS/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505), ("GET / HTTP/1.2\r\nHost: x\r\n\r\n", 505),
    ("CONNECT x:443 HTTP/3.0\r\nHost: x:443\r\n\r\n", 505), ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
    ("GET / HTTP/0.9\r\n\r\n", 505), ("G=T / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("G\u{E4}T / HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET /\u{E4} HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET /\u{7F} HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("\r\r\n\r\n", 400), ("\rGET / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("\u{16}\u{3}\u{1}\u{0}\u{5}\r\n\r\n", 400),
    // fields
    ("GET / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x\r\n\tfolded\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n Host: x\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost\t: x\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x\r\n: y\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x\r\nA: a\rb\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x\r\nA: \u{7F}\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x\r\nA: \u{1B}[0m\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x\r\nA: \u{8}\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x\r\nA: \u{1F}\r\n\r\n", 400),
    // bytes that differ from a known word only in the case bit
    ("POST / HTTP/1.1\r\nHost: x\r\nContent\rLength: 1\r\n\r\na", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100\rcontinue\r\n\r\n", 400),
    ("GET http\u{1A}\u{F}\u{F}x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x\r\nK\u{E4}: y\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x\r\nA(b): y\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x\r\nA\0: y\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x\r\n\r\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\n\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    // URLs without a host
    ("GET http:///a HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET https://?/a HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET http:// HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    // targets that are neither a path nor a URL, or belong to other methods
    ("GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET ?/a HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET ftp://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET http:/a HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("GET x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n", 400), ("GET * HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("OPTIONS *a HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("CONNECT /a HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    ("CONNECT x HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("CONNECT x: HTTP/1.1\r\nHost: x:\r\n\r\n", 400),
    ("CONNECT http://x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("CONNECT :1 HTTP/1.1\r\nHost: :1\r\n\r\n", 400),
    // hosts in targets
    ("GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n", 400), ("GET http://a/ HTTP/1.1\r\nHost: a:80\r\n\r\n", 400),
    ("GET http://a/ HTTP/1.1\r\nHost:\r\n\r\n", 400), ("GET http://a/ HTTP/1.0\r\nHost: b\r\n\r\n", 400),
    ("GET http://u@x/ HTTP/1.1\r\nHost: u@x\r\n\r\n", 400), ("CONNECT a:1 HTTP/1.1\r\nHost: b:1\r\n\r\n", 400),
    ("GET http://u@x/ HTTP/1.1\r\nHost: x\r\n\r\n", 400), ("GET http://[::1/ HTTP/1.1\r\nHost: x\r\n\r\n", 400),
    // Host
    ("GET / HTTP/1.1\r\nHost: x:\u{E4}\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x:a\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x:1:2\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: :1\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: []\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: [x]\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x]\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: K\u{E4}se\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x/y\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: x y\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: x,y\r\n\r\n", 400),
    ("GET / HTTP/1.1\r\nHost: user@x\r\n\r\n", 400), ("GET http://x/ HTTP/1.1\r\n\r\n", 400),
    // two kinds of content
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Type: a/b\r\nContent-Type: a/b\r\n\r\n", 400),
    // lengths
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1, 1\r\n\r\na", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\na", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1.0\r\n\r\na", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x1\r\n\r\na", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1 1\r\n\r\na", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length:\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", 413),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 18446744073709551617\r\n\r\na", 413),
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(HTTPLimits.body + 1)\r\n\r\n", 413),
    // both lengths, and transfer codings
    ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: identity\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: \u{B}chunked\r\n\r\n0\r\n\r\n", 400),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501),
    ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501),
    ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    // chunks
    (chunked("\r\nabc"), 400), (chunked("g\r\n"), 400), (chunked("-1\r\n"), 400),
    (chunked("0x1\r\na\r\n0\r\n\r\n"), 400),
    (chunked("1 \r\na\r\n0\r\n\r\n"), 400), (chunked(" 1\r\na\r\n0\r\n\r\n"), 400), (chunked("1\na\r\n0\r\n\r\n"), 400),
    (chunked("1\r\na\n0\r\n\r\n"), 400), (chunked("1\r\nab\r\n0\r\n\r\n"), 400), (chunked("1\r\na0\r\n\r\n"), 400),
    (chunked("000000001\r\na\r\n0\r\n\r\n"), 400), (chunked("FFFFFFFFFFFFFFFF\r\n"), 400),
    (chunked("FFFFFFFF\r\n"), 413),
    (chunked("1;\0\r\na\r\n0\r\n\r\n"), 400), (chunked("1;\(String(repeating: "x", count: 300))\r\na"), 400),
    (chunked("1;\r\na\r\n0\r\n\r\n"), 400), (chunked("1;;a\r\na\r\n0\r\n\r\n"), 400),
    (chunked("1;a=\r\na\r\n0\r\n\r\n"), 400), (chunked("1;=a\r\na\r\n0\r\n\r\n"), 400),
    (chunked("1;a b\r\na\r\n0\r\n\r\n"), 400), (chunked("1;a=b c\r\na\r\n0\r\n\r\n"), 400),
    (chunked("1;a=b=c\r\na\r\n0\r\n\r\n"), 400), (chunked("1;a=\"b\r\na\r\n0\r\n\r\n"), 400),
    (chunked("1;a=\"b\\\"\r\na\r\n0\r\n\r\n"), 400), (chunked("1;a=\"b\"c\r\na\r\n0\r\n\r\n"), 400),
    (chunked("1;\u{E4}\r\na\r\n0\r\n\r\n"), 400), (chunked("1;a \r\na\r\n0\r\n\r\n"), 400),
    (chunked("1,a\r\na\r\n0\r\n\r\n"), 400), (chunked("1;a\rb\r\na\r\n0\r\n\r\n"), 400),
    (chunked("1;a\nb\r\na\r\n0\r\n\r\n"), 400), (chunked("0\r\nA: b\n\r\n"), 400),
    (chunked("0\r\n folded\r\n\r\n"), 400),
    (chunked("0\r\nA\r\n\r\n"), 400), (chunked("0\r\nA : b\r\n\r\n"), 400),
    (chunked("0\r\nA\u{E4}: b\r\n\r\n"), 400), (chunked("0\r\nA: b\rc\r\n\r\n"), 400),
    (chunked("0\r\nA: b\r\n\tc\r\n\r\n"), 400), (chunked("0\r\n\rA: b\r\n\r\n"), 400),
    (chunked("0\r\n: b\r\n\r\n"), 400), (chunked("0\r\nA: \0\r\n\r\n"), 400),
    (chunked("0\r\nA: \(String(repeating: "x", count: HTTPLimits.head + 1))"), 431),
    // expectations and sizes
    ("POST / HTTP/1.1\r\nHost: x\r\nExpect: 200-ok\r\n\r\n", 417),
    ("GET /\(String(repeating: "a", count: HTTPLimits.target)) HTTP/1.1\r\nHost: x\r\n\r\n", 414),
    ("GET /\(String(repeating: "a", count: HTTPLimits.head))", 414),
    ("GET / HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "a", count: HTTPLimits.head))\r\n\r\n", 431),
    ("GET / HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "a", count: HTTPLimits.head))", 431),
    (headOfLimit(and: 1), 431), (headOfLimit(and: 2), 431),
    ("GET / HTTP/1.1\r\nHost: x\r\n\(String(repeating: "A: b\r\n", count: HTTPLimits.fieldCount))\r\n", 431),
  ]

  /// A head of the maximum number of bytes and more.
  static func headOfLimit(and more: Int) -> String {
    let frame = "GET / HTTP/1.1\r\nHost: x\r\nA: \r\n\r\n".utf8.count
    return "GET / HTTP/1.1\r\nHost: x\r\nA: \(String(repeating: "a", count: HTTPLimits.head - frame + more))\r\n\r\n"
  }

  static func chunked(_ body: String) -> String {
    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
  }

  @Test(arguments: table) func `a malformed request is rejected with its status, and the connection ends`(
    _ row: (wire: String, status: Int)
  ) {
    let wire = Array(row.wire.utf8)
    let whole = HTTP1Harness.responses(to: [wire])
    #expect(whole.output.hasPrefix("HTTP/1.1 \(row.status) "), "\(row.wire.prefix(80)): \(whole.output.prefix(60))")
    #expect(whole.output.contains("\r\nConnection: close\r\n"))
    #expect(whole.output.contains("{\"error\":\""))
    #expect(whole.state == .closing)
    #expect(HTTP1Harness.responses(to: wire.map { [$0] }) == whole)
  }

  @Test func `sizes at the limits are accepted`() {
    let target = "/\(String(repeating: "a", count: HTTPLimits.target - 1))"
    let fields = String(repeating: "A: b\r\n", count: HTTPLimits.fieldCount - 1)
    for wire in [
      "GET \(target) HTTP/1.1\r\nHost: x\r\n\r\n", "GET / HTTP/1.1\r\nHost: x\r\n\(fields)\r\n",
      Self.headOfLimit(and: 0),
    ] {
      #expect(HTTP1Harness.responses(to: [Array(wire.utf8)]).state == .idle)
      #expect(HTTP1Harness.responses(to: wire.utf8.map { [$0] }).state == .idle)
    }
  }

  @Test func `a body of exactly the limit is accepted, with a length or in chunks`() {
    let body = [UInt8](repeating: UInt8(ascii: "a"), count: HTTPLimits.body)
    var harness = HTTP1Harness()
    harness.receive("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: \(body.count)\r\n\r\n")
    for start in stride(from: 0, to: body.count, by: 60_000) {
      harness.receive(Array(body[start..<min(start + 60_000, body.count)]))
    }
    #expect(harness.state == .paused)
    #expect(harness.takeOutput().utf8.count > body.count)

    harness = HTTP1Harness()
    harness.receive("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    harness.receive("\(String(body.count, radix: 16))\r\n")
    harness.receive(body)
    harness.receive("\r\n0\r\n\r\n")
    #expect(harness.takeOutput().utf8.count > body.count)
  }

  @Test func `chunks of one byte use little more memory than the limit`() {
    var harness = HTTP1Harness()
    harness.receive("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
    let chunks = String(repeating: "1\r\na\r\n", count: 10_000)
    var sent = 0
    while harness.state == .body, sent < 3 * HTTPLimits.chunkedBody {
      harness.receive(chunks)
      sent += chunks.utf8.count
    }
    #expect(harness.rejection == .bodyTooLarge)
  }
}
