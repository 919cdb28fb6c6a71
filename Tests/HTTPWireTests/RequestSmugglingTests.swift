import Testing

@testable import HTTPWire

/// Two requests with a minimal difference: one is rejected with its status, its control case gets a response.
struct RequestPair: CustomTestStringConvertible, Sendable {
  let refused: String
  let status: Int
  let accepted: String

  var testDescription: String { refused.debugDescription }

  /// Request lines.
  static func line(_ refused: String, _ status: Int, _ accepted: String) -> RequestPair {
    RequestPair(
      refused: "\(refused)\r\nHost: x\r\n\r\n", status: status, accepted: "\(accepted)\r\nHost: x\r\n\r\n")
  }

  /// Lines after a valid request line.
  static func lines(_ refused: String, _ status: Int, _ accepted: String) -> RequestPair {
    RequestPair(
      refused: "GET / HTTP/1.1\r\n\(refused)\r\n\r\n", status: status,
      accepted: "GET / HTTP/1.1\r\n\(accepted)\r\n\r\n")
  }

  /// What follows the Host of a POST: fields, the empty line and a body.
  static func post(_ refused: String, _ status: Int, _ accepted: String) -> RequestPair {
    RequestPair(
      refused: "POST / HTTP/1.1\r\nHost: x\r\n\(refused)", status: status,
      accepted: "POST / HTTP/1.1\r\nHost: x\r\n\(accepted)")
  }

  /// Chunked bodies.
  static func chunks(_ refused: String, _ status: Int, _ accepted: String) -> RequestPair {
    .post("Transfer-Encoding: chunked\r\n\r\n\(refused)", status, "Transfer-Encoding: chunked\r\n\r\n\(accepted)")
  }
}

@Suite struct `Request smuggling in HTTP/1.1` {
  static let requestLines: [RequestPair] = [
    .line("GET  / HTTP/1.1", 400, "GET / HTTP/1.1"), .line("GET / HTTP/1.1 ", 400, "GET / HTTP/1.1"),
    .line("GET\t/ HTTP/1.1", 400, "GET / HTTP/1.1"), .line(" GET / HTTP/1.1", 400, "GET / HTTP/1.1"),
    .line("\rGET / HTTP/1.1", 400, "\r\nGET / HTTP/1.1"), .line("\nGET / HTTP/1.1", 400, "\r\nGET / HTTP/1.1"),
    .line("\r\n\r\n\r\nGET / HTTP/1.1", 400, "\r\n\r\nGET / HTTP/1.1"), .line("G=T / HTTP/1.1", 400, "G-T / HTTP/1.1"),
    .line("GET /\0 HTTP/1.1", 400, "GET /%00 HTTP/1.1"), .line("GET /\u{E4} HTTP/1.1", 400, "GET /%C3%A4 HTTP/1.1"),
    .line("GET /#a HTTP/1.1", 400, "GET /%23a HTTP/1.1"), .line("GET / HTTP/1.2", 505, "GET / HTTP/1.1"),
    .line("GET / HTTP/2.0", 505, "GET / HTTP/1.1"), .line("GET / http/1.1", 400, "GET / HTTP/1.1"),
    .line("GET / HTTP/01.1", 400, "GET / HTTP/1.1"), .line("GET /", 400, "GET / HTTP/1.0"),
    .line("GET http://x/ HTTP/0.9", 505, "GET http://x/ HTTP/1.1"),
    .line("GET * HTTP/1.1", 400, "OPTIONS * HTTP/1.1"), .line("GET a HTTP/1.1", 400, "GET /a HTTP/1.1"),
    .line("GET ?a HTTP/1.1", 400, "GET /?a HTTP/1.1"), .line("GET x:443 HTTP/1.1", 400, "GET /x:443 HTTP/1.1"),
    .line("GET ftp://x/ HTTP/1.1", 400, "GET https://x/ HTTP/1.1"),
    .line("GET http://y/ HTTP/1.1", 400, "GET http://X/ HTTP/1.1"),
    .line("GET http://x:80/ HTTP/1.1", 400, "GET http://x/:80 HTTP/1.1"),
    .line("GET http://u@x/ HTTP/1.1", 400, "GET http://x/u@x HTTP/1.1"),
    .line("CONNECT y:443 HTTP/1.1\r\nHost: x:443\r\nA: ", 400, "GET / HTTP/1.1"),
    .line("OPTIONS * HTTP/9.9", 505, "OPTIONS * HTTP/1.1"),
    .line("GET http:///a HTTP/1.1", 400, "GET http://x/a HTTP/1.1"),
    .line(
      "GET \("/".padded(to: HTTPLimits.target + 1)) HTTP/1.1", 414, "GET \("/".padded(to: HTTPLimits.target)) HTTP/1.1"),
  ]

  static let fields: [RequestPair] = [
    .lines("Host: x\nA: b", 400, "Host: x\r\nA: b"), .lines("Host: x\r\n A: b", 400, "Host: x\r\nA: b"),
    .lines("Host: x\r\nA: b\r\n\tc", 400, "Host: x\r\nA: b\tc"), .lines("Host : x", 400, "Host: x"),
    .lines("Host\t: x", 400, "Host:\tx"), .lines("Host: x\r\nA b: c", 400, "Host: x\r\nA-b: c"),
    .lines("Host: x\r\n: b", 400, "Host: x\r\nA: "), .lines("Host: x\r\nA", 400, "Host: x\r\nA:"),
    .lines("Host: x\r\nA: \0", 400, "Host: x\r\nA: 0"), .lines("Host: x\r\nA: b\rc", 400, "Host: x\r\nA: b c"),
    .lines("Host: x\r\nA: \u{7F}", 400, "Host: x\r\nA: ~"), .lines("Host: x\r\nA: \u{B}", 400, "Host: x\r\nA: \t"),
    .lines("Host: x\r\n\u{E4}: b", 400, "Host: x\r\nA: \u{E4}"), .lines("Host: x\r\n\rA: b", 400, "Host: x\r\nA: b"),
    .lines("Host: x\r\nA\0: b", 400, "Host: x\r\nA0: b"), .lines("Host: x\r\n\"A\": b", 400, "Host: x\r\nA: \"b\""),
    .lines("A: b", 400, "Host: "), .lines("Host: x\r\nHost: x", 400, "Host: x\r\nHost-: x"),
    .lines("Host: x\r\nhOST: y", 400, "Host: x\r\nX-Host: y"), .lines("Host: x, y", 400, "Host: x-y"),
    .lines("Host: a:b", 400, "Host: a:1"), .lines("Host: a:1:2", 400, "Host: [a:1:2]"),
    .lines("Host: [::1", 400, "Host: [::1]"), .lines("Host: [::1]a", 400, "Host: [::1]:1"),
    .lines("Host: x\r\nContent-Type: a\r\nContent-Type: b", 400, "Host: x\r\nContent-Type: a"),
    .lines("Host: x\r\nContent-Type:\r\nContent-Type: b", 400, "Host: x\r\nContent-Type:"),
    .lines("Host: a/b", 400, "Host: a:1"), .lines("Host: a@b", 400, "Host: [::1]:443"),
    .lines("Host: x\r\nExpect: 101-switching", 417, "Host: x\r\nExpect: 100-Continue"),
    .lines("Host: x\r\n\(fields(100))", 431, "Host: x\r\n\(fields(99))"),
  ]

  static let lengths: [RequestPair] = [
    .post("Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 400, "Content-Length: 1\r\n\r\na"),
    .post("Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400, "Content-Length: 2\r\n\r\nab"),
    .post("Content-Length: 1, 1\r\n\r\na", 400, "Content-Length: 1 \r\n\r\na"),
    .post("Content-Length: +1\r\n\r\na", 400, "Content-Length: 01\r\n\r\na"),
    .post("Content-Length: -0\r\n\r\n", 400, "Content-Length: 0\r\n\r\n"),
    .post("Content-Length: 0x1\r\n\r\na", 400, "Content-Length: 001\r\n\r\na"),
    .post("Content-Length: 1e0\r\n\r\na", 400, "Content-Length: 1\r\n\r\na"),
    .post("Content-Length: \r\n\r\n", 400, "Content-Length-: \r\n\r\n"),
    .post(
      "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400,
      "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    .post(
      "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n", 400,
      "Transfer-Encoding: Chunked\r\n\r\n0\r\n\r\n"),
    .post(
      "Content-Length: 1\r\nTransfer_Encoding : chunked\r\n\r\na", 400,
      "Content-Length: 1\r\nTransfer_Encoding: chunked\r\n\r\na"),
    .post(
      "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400, "Transfer-Encoding: \tchunked\t\r\n\r\n0\r\n\r\n"),
    .post("Transfer-Encoding: identity\r\n\r\n", 400, "Content-Encoding: identity\r\n\r\n"),
    .post("Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400, "X-Transfer-Encoding: chunked\r\n\r\n"),
    .post("Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501, "Accept-Encoding: gzip, chunked\r\n\r\n"),
    .post("\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400, "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    .post("Content-Length: 9999999999999999999999\r\n\r\n", 413, "Content-Length: 0000000000000000000000\r\n\r\n"),
  ]

  static let chunks: [RequestPair] = [
    .chunks("g\r\n", 400, "a\r\n0123456789\r\n0\r\n\r\n"),
    .chunks("0x1\r\na\r\n0\r\n\r\n", 400, "01\r\na\r\n0\r\n\r\n"),
    .chunks("1 \r\na\r\n0\r\n\r\n", 400, "1 ;a\r\na\r\n0\r\n\r\n"),
    .chunks("1;\r\na\r\n0\r\n\r\n", 400, "1;a\r\na\r\n0\r\n\r\n"),
    .chunks("1;a=\r\na\r\n0\r\n\r\n", 400, "1;a=\"\"\r\na\r\n0\r\n\r\n"),
    .chunks("1;a=\"b\r\na\r\n0\r\n\r\n", 400, "1;a=\"b\"\r\na\r\n0\r\n\r\n"),
    .chunks("1;a b\r\na\r\n0\r\n\r\n", 400, "1;a=b\r\na\r\n0\r\n\r\n"),
    .chunks(" 1\r\na\r\n0\r\n\r\n", 400, "1\r\na\r\n0\r\n\r\n"),
    .chunks("1\na\r\n0\r\n\r\n", 400, "1\r\na\r\n0\r\n\r\n"), .chunks("1\r\na\n0\r\n\r\n", 400, "1\r\na\r\n0\r\n\r\n"),
    .chunks("1\r\nab\r\n0\r\n\r\n", 400, "2\r\nab\r\n0\r\n\r\n"),
    .chunks("2\r\na\r\n0\r\n\r\n", 400, "1\r\na\r\n0\r\n\r\n"),
    .chunks("-1\r\n", 400, "1\r\na\r\n0\r\n\r\n"),
    .chunks("000000001\r\na\r\n0\r\n\r\n", 400, "00000001\r\na\r\n0\r\n\r\n"),
    .chunks("FFFFFFFFFFFFFFFF\r\n", 400, "F\r\n0123456789abcde\r\n0\r\n\r\n"),
    .chunks("1;a\0\r\na\r\n0\r\n\r\n", 400, "1;a=\"\u{E4}\"\r\na\r\n0\r\n\r\n"),
    .chunks("1;a\nb\r\na\r\n0\r\n\r\n", 400, "1;a;b\r\na\r\n0\r\n\r\n"),
    .chunks("0\r\nA: b\n\r\n", 400, "0\r\nA: b\r\n\r\n"), .chunks("0\r\n A: b\r\n\r\n", 400, "0\r\nA: b\r\n\r\n"),
    .chunks("0\r\nA\r\n\r\n", 400, "0\r\nA:\r\n\r\n"), .chunks("0\r\nA : b\r\n\r\n", 400, "0\r\nA: b\r\n\r\n"),
    .chunks("0\r\nA: \0\r\n\r\n", 400, "0\r\nA: 0\r\n\r\n"),
    .chunks("1\r\n;a\r\n0\r\n\r\n", 400, "1\r\n;\r\n0\r\n\r\n"),
  ]

  private static func fields(_ count: Int) -> String {
    [String](repeating: "A: b", count: count).joined(separator: "\r\n")
  }

  static var all: [RequestPair] { requestLines + fields + lengths + chunks }

  @Test func `the table has many pairs`() { #expect(Self.all.count >= 60) }

  @Test(arguments: all)
  func `an ambiguous request is rejected and ends the connection, its control case gets a response`(
    _ pair: RequestPair
  ) {
    let refused = HTTP1Harness.responses(to: [Array(pair.refused.utf8)])
    #expect(refused.output.hasPrefix("HTTP/1.1 \(pair.status) "), "\(refused.output.prefix(60))")
    #expect(refused.output.contains("\r\nConnection: close\r\n"))
    #expect(refused.state == .closing)

    var harness = HTTP1Harness()
    harness.receive(pair.accepted)
    #expect(harness.rejection == nil)
    #expect(harness.takeOutput().hasPrefix("HTTP/1.1 200 "))
    // The whole request was consumed: the next bytes are a new one.
    #expect(harness.state == .idle || pair.accepted.contains("HTTP/1.0"))
  }
}

/// The same over HTTP/2, where a proxy may use fields that HTTP/1.1 has in its request line.
@Suite struct `Request smuggling in HTTP/2` {
  typealias Fields = [(String, String)]

  private static func request(
    scheme: String = "https", authority: String? = "x", path: String = "/",
    with others: Fields = []
  ) -> Fields {
    [(":method", "GET"), (":scheme", scheme)] + (authority.map { [(":authority", $0)] } ?? []) + [(":path", path)]
      + others
  }

  static let pairs: [(refused: Fields, accepted: Fields)] = [
    (request(authority: "u@x"), request(authority: "u.x")),
    (request(authority: "a,b"), request(authority: "a-b")),
    (request(authority: "x:a"), request(authority: "x:443")),
    (request(with: [("host", "y")]), request(with: [("host", "X")])),
    (request(authority: nil, with: [("host", "u@x")]), request(authority: nil, with: [("host", "x")])),
    (request(path: "/#a"), request(path: "/%23a")),
    (request(path: "/?\u{E4}"), request(path: "/?%C3%A4")),
    (request(scheme: "ftp"), request(scheme: "http")),
    (request(with: [("content-type", ""), ("content-type", "a/b")]), request(with: [("content-type", "")])),
  ]

  @Test(arguments: pairs.indices) func `an ambiguous request is rejected, its control case gets a response`(
    _ index: Int
  ) {
    let pair = HTTP2ConnectionPair()
    let refused = pair.client.request(Self.pairs[index].refused)
    let accepted = pair.client.request(Self.pairs[index].accepted)
    pair.settle()
    #expect(pair[refused].status == "400")
    #expect(pair[accepted].status == "200")
    #expect(pair.client.goAway == nil)
  }

  /// A rejected head keeps nothing that a later field could be compared with.
  @Test func `frames after the first error are harmless`() {
    let pair = HTTP2ConnectionPair()
    let refused = pair.client.request(Self.request(with: [("expect", "a"), ("host", "x")]))
    pair.settle()
    #expect(pair[refused].status == "417")
  }
}

extension String {
  fileprivate func padded(to length: Int) -> String { self + String(repeating: "a", count: length - utf8.count) }
}
