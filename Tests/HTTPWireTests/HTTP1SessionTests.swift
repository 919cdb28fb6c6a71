import Testing

@testable import HTTPWire

@Suite struct `HTTP/1.1 session` {
  /// A request, the request that the handler sees, and whether the connection ends with the response.
  static let requests: [(wire: String, echoed: String, closes: Bool)] = [
    // the API server's own request
    (
      "POST /validate?timeout=10s HTTP/1.1\r\nHost: 127.0.0.1:8443\r\nUser-Agent: kube-apiserver-admission\r\n"
        + "Content-Length: 4\r\nAccept: application/json, */*\r\nContent-Type: application/json\r\n"
        + "Accept-Encoding: gzip\r\n\r\nbody",
      "post /validate|application/json|body|", false
    ),
    ("GET / HTTP/1.1\r\nHost: x\r\n\r\n", "get /|||", false),
    ("GET /healthz HTTP/1.1\r\nhost:x\r\n\r\n", "get /healthz|||", false),
    ("HEAD /readyz HTTP/1.1\r\nHost: x\r\n\r\n", "head /readyz|||", false),
    ("PATCH /x HTTP/1.1\r\nHost: x\r\n\r\n", "other /x|||", false),
    // empty lines before the request (RFC 9112 section 2.2)
    ("\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n", "get /a|||", false),
    ("\r\n\r\nGET /a HTTP/1.1\r\nHost: x\r\n\r\n", "get /a|||", false),
    // white space around a value, an empty value, a value of 8-bit text
    ("GET /a HTTP/1.1\r\nHost: \t x \t\r\nX-Empty:\r\nX-Name: K\u{E4}se\r\n\r\n", "get /a|||", false),
    // an empty Host is a host (RFC 9112 section 3.2)
    ("GET /a HTTP/1.1\r\nHost:\r\n\r\n", "get /a|||", false),
    ("GET /a HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n", "get /a|||", false),
    // persistence (RFC 9112 section 9.3)
    ("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "get /a|||", true),
    ("GET /a HTTP/1.1\r\nHost: x\r\nConnection: Keep-Alive, CLOSE\r\n\r\n", "get /a|||", true),
    ("GET /a HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n", "get /a|||", false),
    ("GET /a HTTP/1.0\r\n\r\n", "get /a|||", true),
    ("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "get /a|||", false),
    ("GET /a HTTP/1.0\r\nConnection: close\r\nConnection: keep-alive\r\n\r\n", "get /a|||", true),
    ("GET /a HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", "get /a|||", true),
    // forms of the target (RFC 9112 section 3.2)
    ("GET http://host/a/b?c HTTP/1.1\r\nHost: host\r\n\r\n", "get /a/b|||", false),
    ("GET HTTPS://host?c HTTP/1.1\r\nHost: host\r\n\r\n", "get |||", false),
    // a slash in a query starts no path
    ("GET http://host?/a/b HTTP/1.1\r\nHost: host\r\n\r\n", "get |||", false),
    ("GET http://host HTTP/1.1\r\nHost: HOST\r\n\r\n", "get |||", false),
    ("GET http://[::1]:8443/a HTTP/1.1\r\nHost: [::1]:8443\r\n\r\n", "get /a|||", false),
    ("GET http://host/a HTTP/1.0\r\n\r\n", "get /a|||", true),
    ("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "other *|||", false),
    ("CONNECT host:443 HTTP/1.1\r\nHost: host:443\r\n\r\n", "other host:443|||", false),
    // lengths
    ("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", "post /a|||", false),
    ("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 003\r\n\r\nabc", "post /a||abc|", false),
    // chunks (RFC 9112 section 7.1)
    ("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "post /a|||", false),
    (
      "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\n",
      "post /a||abc0123456789|", false
    ),
    (
      "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;a=b;c=\"d;\"\r\nx\r\n0 ; y\t=\t\"\\\"\" ;z\r\nT: v\r\nU: w\r\n\r\n",
      "post /a||x|", false
    ),
  ]

  @Test(arguments: requests) func `the response to a request is the same for every split`(
    _ request: (wire: String, echoed: String, closes: Bool)
  ) {
    let wire = Array(request.wire.utf8)
    let expected = response(
      request.echoed, closes: request.closes, withBody: !request.echoed.hasPrefix("head"))
    let state = request.closes ? SessionState.closing : .idle
    #expect(HTTP1Harness.responses(to: [wire]) == (expected, state))
    #expect(HTTP1Harness.responses(to: wire.map { [$0] }) == (expected, state))
    for split in 1..<wire.count {
      #expect(HTTP1Harness.responses(to: [Array(wire[..<split]), Array(wire[split...])]) == (expected, state))
    }
  }

  @Test func `two pipelined requests get two responses in order`() {
    let wire = Array(
      "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1GET /b HTTP/1.1\r\nHost: x\r\n\r\nGET /c".utf8)
    let expected = response("post /a||1|") + response("get /b|||")
    #expect(HTTP1Harness.responses(to: [wire]) == (expected, .head))
    for split in 1..<wire.count {
      #expect(HTTP1Harness.responses(to: [Array(wire[..<split]), Array(wire[split...])]) == (expected, .head))
    }
  }

  @Test func `no response follows the last request`() {
    let (output, state) = HTTP1Harness.responses(to: [
      Array("GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n".utf8)
    ])
    #expect(output == response("get /a|||", closes: true))
    #expect(state == .closing)
  }

  @Test func `Expect: 100-continue gets one interim response`() {
    var harness = HTTP1Harness()
    harness.receive("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n")
    #expect(harness.takeOutput() == "HTTP/1.1 100 Continue\r\n\r\n")
    #expect(harness.state == .body)
    harness.receive("ab")
    #expect(harness.takeOutput() == "")
    harness.receive("c")
    #expect(harness.takeOutput() == response("post /a||abc|"))
    #expect(harness.state == .idle)
  }

  @Test func `no interim response is sent after the body has arrived`() {
    var harness = HTTP1Harness()
    harness.receive("POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc")
    #expect(harness.takeOutput() == response("post /a||abc|"))
  }

  @Test func `the session state selects the deadline`() {
    var harness = HTTP1Harness()
    harness.receive("POST /a HTTP/1.1\r\nHo")
    #expect(harness.state == .head)
    harness.receive("st: x\r\nContent-Length: 2\r\n\r\n")
    #expect(harness.state == .body)
    harness.receive("ab")
    #expect(harness.state == .idle)
  }

  @Test func `pipelined requests get a limited number of responses per iteration`() {
    var harness = HTTP1Harness()
    let one = "GET /a HTTP/1.1\r\nHost: x\r\n\r\n"
    let turn = String(repeating: response("get /a|||"), count: HTTPLimits.maxResponsesPerIteration)
    harness.receive(String(repeating: one, count: 2 * HTTPLimits.maxResponsesPerIteration + 1))
    for _ in 0..<2 {
      #expect(harness.takeOutput() == turn)
      #expect(harness.state == .paused)
      harness.receive([UInt8]())
    }
    #expect(harness.takeOutput() == response("get /a|||"))
    #expect(harness.state == .idle)

    harness.receive(String(repeating: one, count: HTTPLimits.maxResponsesPerIteration))
    #expect(harness.takeOutput() == turn)
    #expect(harness.state == .idle, "as many as a turn may have")
  }

  @Test func `pipelined requests wait while much output is pending`() {
    var harness = HTTP1Harness()
    let one = "GET /\(String(repeating: "a", count: 1000)) HTTP/1.1\r\nHost: x\r\n\r\n"
    harness.receive(String(repeating: one, count: 200))
    var count = 0
    var rounds = 0
    while true {
      #expect(harness.output.count < HTTPLimits.maxBufferedOutput + 2000)
      count += harness.takeOutput().split(separator: "HTTP/1.1 200 OK").count
      rounds += 1
      if harness.state != .paused { break }
      harness.receive([UInt8]())
    }
    #expect(count == 200)
    #expect(rounds > 3)
    #expect(harness.state == .idle)
  }

  @Test func `a draining session responds to a request in progress with Connection: close`() {
    var harness = HTTP1Harness()
    harness.receive("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\na")
    harness.shutDownGracefully()
    #expect(harness.state == .body)
    harness.receive("b")
    #expect(harness.takeOutput() == response("post /a||ab|", closes: true))
    #expect(harness.state == .closing)
  }

  @Test func `an idle session closes at shutdown`() {
    var harness = HTTP1Harness()
    harness.receive("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    harness.shutDownGracefully()
    #expect(harness.state == .closing)
  }

  @Test(
    arguments: [
      (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
      (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"), (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
    ] as [(Int64, String)]) func `dates have the format of RFC 9110`(_ seconds: Int64, _ text: String)
  {
    var written: [UInt8] = []
    written.append(HTTPDate(secondsSince1970: seconds).bytes)
    #expect(String(decoding: written, as: UTF8.self) == text)
  }
}
