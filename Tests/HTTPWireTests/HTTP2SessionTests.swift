import CNGHTTP2
import Testing

@testable import HTTPWire

@Suite struct `HTTP/2 session` {
  static let type = [("content-type", "application/json")]

  @Test(arguments: [1, 2, 9, 100, Int.max])
  func `responses are the same for every split`(_ piece: Int) {
    let pair = HTTP2ConnectionPair(piece: piece)
    let post = pair.client.request("POST", "/validate?timeout=10s", Self.type, body: "body")
    let get = pair.client.request("GET", "/healthz")
    let other = pair.client.request("PATCH", "/x", body: "")
    pair.settle()
    #expect(pair[post].text == "post /validate|application/json|body|")
    #expect(
      pair[post].fields == [
        ":status": "200", "date": "Tue, 24 Nov 2026 04:17:01 GMT", "content-type": "text/plain; charset=utf-8",
        "content-length": "37",
      ])
    #expect(pair[get].text == "get /healthz|||")
    #expect(pair[other].text == "other /x|||")
    for stream in [post, get, other] { #expect(pair[stream].closedWith == 0) }
    #expect(pair.state == .idle)
    #expect(pair.client.goAway == nil)
  }

  @Test func `the response to HEAD has no body`() {
    let pair = HTTP2ConnectionPair()
    let stream = pair.client.request("HEAD", "/readyz")
    pair.settle()
    #expect(pair[stream].status == "200")
    #expect(pair[stream].fields["content-length"] == "15")
    #expect(pair[stream].body == [])
    #expect(pair[stream].closedWith == 0)
  }

  @Test func `a 405 response has Allow`() {
    let pair = HTTP2ConnectionPair()
    pair.handler = { _ in
      var response = HTTPResponse(status: .methodNotAllowed, contentType: .json, body: [])
      response.allow = "POST"
      return response
    }
    let stream = pair.client.request("GET", "/validate")
    pair.settle()
    #expect(pair[stream].status == "405")
    #expect(pair[stream].fields["allow"] == "POST")
  }

  @Test func `interleaved bodies of two streams are kept separate`() {
    let pair = HTTP2ConnectionPair()
    let first = pair.client.request("POST", "/a", body: "1", isWhole: false)
    let second = pair.client.request("POST", "/b", body: "x", isWhole: false)
    pair.settle()
    #expect(pair.state == .body)
    #expect(pair[first].status == nil)
    pair.client.send(Array("2".utf8), on: first, isWhole: false)
    pair.settle()
    pair.client.send(Array("y".utf8), on: second, isWhole: true)
    pair.settle()
    #expect(pair[second].text == "post /b||xy|")
    #expect(pair.state == .body)
    pair.client.send(Array("3".utf8), on: first, isWhole: true)
    pair.settle()
    #expect(pair[first].text == "post /a||123|")
    #expect(pair.state == .idle)
  }

  @Test func `a large response waits for the client's window`() {
    let pair = HTTP2ConnectionPair(window: 1000)
    let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    pair.handler = { _ in HTTPResponse(status: .ok, contentType: .json, body: body) }
    let stream = pair.client.request("GET", "/metrics")
    pair.settle()
    #expect(pair[stream].body == body)
    #expect(pair[stream].closedWith == 0)
    #expect(pair.maxOutputLength < 5000)
  }

  @Test func `a large body is received as the server's window opens`() {
    let pair = HTTP2ConnectionPair()
    let body = String(repeating: "0123456789", count: 100_000)
    let stream = pair.client.request("POST", "/a", body: body)
    pair.settle()
    #expect(pair[stream].text == "post /a||\(body)|")
  }

  @Test func `expect: 100-continue gets one interim response`() {
    let pair = HTTP2ConnectionPair()
    let stream = pair.client.request(
      "POST", "/a", [("expect", "100-continue")], body: "", isWhole: false)
    pair.settle()
    #expect(pair[stream].interim == ["100"])
    pair.client.send(Array("abc".utf8), on: stream, isWhole: true)
    pair.settle()
    #expect(pair[stream].text == "post /a||abc|")
    #expect(pair[stream].interim == ["100"])
  }

  @Test func `no interim response is sent if the body has arrived`() {
    let pair = HTTP2ConnectionPair()
    let stream = pair.client.request("GET", "/a", [("expect", "100-continue")])
    pair.settle()
    #expect(pair[stream].interim == [])
    #expect(pair[stream].text == "get /a|||")
  }

  @Test func `trailer fields end a request and are discarded`() {
    let pair = HTTP2ConnectionPair()
    let stream = pair.client.request(
      "POST", "/a", [("expect", "100-continue")] + Self.type, body: "abc", isWhole: false)
    pair.settle()
    pair.client.endWithTrailer([("content-type", "text/plain"), ("x", "y")], on: stream)
    pair.settle()
    #expect(pair[stream].text == "post /a|application/json|abc|")
    #expect(pair[stream].interim == ["100"])
  }

  @Test func `pings are acknowledged between requests`() {
    let pair = HTTP2ConnectionPair()
    pair.client.ping()
    pair.settle()
    let stream = pair.client.request("GET", "/a")
    pair.settle()
    #expect(pair[stream].status == "200")
  }
}

@Suite struct `Rejected HTTP/2 requests` {
  /// Fields of a request and its status; another request on the connection gets its response.
  static let table: [(fields: [(String, String)], status: String)] = [
    ([("x-long", String(repeating: "x", count: HTTPLimits.head))], "431"),
    (Array(repeating: ("a", "b"), count: HTTPLimits.fieldCount), "431"),
    ([("expect", "200-ok")], "417"),
  ]

  @Test(arguments: table.indices) func `a rejected request leaves other streams open`(_ row: Int) {
    let pair = HTTP2ConnectionPair()
    let (fields, status) = Self.table[row]
    let otherStream = pair.client.request("POST", "/n", body: "a", isWhole: false)
    let refused = pair.client.request("POST", "/a", fields, body: "abc")
    pair.settle()
    #expect(pair[refused].status == status)
    #expect(pair[refused].text.hasPrefix("{\"error\":\""))
    pair.client.send([0x62], on: otherStream, isWhole: true)
    pair.settle()
    #expect(pair[otherStream].text == "post /n||ab|")
    #expect(pair.client.goAway == nil)
    #expect(pair.state == .idle)
    // Each is reported once.
    #expect(pair.server.drainRejections().count == 1)
    #expect(pair.server.drainRejections().isEmpty)
  }

  @Test func `a target above the limit gets 414`() {
    let pair = HTTP2ConnectionPair()
    let refused = pair.client.request("GET", "/" + String(repeating: "a", count: HTTPLimits.target))
    let longest = pair.client.request("GET", "/" + String(repeating: "a", count: HTTPLimits.target - 1))
    pair.settle()
    #expect(pair[refused].status == "414")
    #expect(pair[longest].status == "200")
  }

  @Test func `a body of the maximum size is accepted, one byte more is rejected, and other streams stay open`() {
    let pair = HTTP2ConnectionPair()
    pair.handler = { request in
      HTTPResponse(status: .ok, contentType: .plainText, body: Array("\(request.body.count)".utf8))
    }
    let body = String(repeating: "a", count: HTTPLimits.body)
    let taken = pair.client.request("POST", "/a", body: body)
    pair.settle()
    #expect(pair[taken].text == "\(HTTPLimits.body)")

    let otherStream = pair.client.request("POST", "/n", body: "a", isWhole: false)
    let refused = pair.client.request("POST", "/a", body: body + "a")
    pair.settle()
    #expect(pair[refused].status == "413")
    pair.client.send([0x62], on: otherStream, isWhole: true)
    pair.settle()
    #expect(pair[otherStream].text == "2")
    #expect(pair.client.goAway == nil)
  }

  @Test(arguments: [(HTTPLimits.body, nil), (HTTPLimits.body + 1, "413")])
  func `a Content-Length above the limit is rejected before the body arrives`(_ length: Int, _ status: String?) {
    let pair = HTTP2ConnectionPair()
    let stream = pair.client.request(
      "POST", "/a", [("content-length", "\(length)")], body: "a", isWhole: false)
    pair.settle()
    #expect(pair[stream].status == status)
  }

  @Test func `a peer that is still sending gets the response before the reset`() {
    let pair = HTTP2ConnectionPair()
    pair.client.ping()
    pair.settle()
    let stream = pair.client.request(
      "POST", "/a", [("content-length", "\(HTTPLimits.body + 1)")], body: "a", isWhole: false)
    pair.settle()
    #expect(pair[stream].status == "413")
    #expect(pair[stream].closedWith == nil)
    pair.client.send([0x62], on: stream, isWhole: false)
    pair.settle()
    #expect(pair[stream].closedWith == 0)
    #expect(pair.state == .idle)
  }

  @Test func `concurrent bodies use at most the connection's limit`() {
    let pair = HTTP2ConnectionPair()
    let half = String(repeating: "a", count: HTTPLimits.body / 2)
    var streams: [Int32] = []
    for _ in 0..<8 {
      streams.append(pair.client.request("POST", "/a", body: half, isWhole: false))
      pair.settle()
    }
    let refused = streams.filter { pair[$0].status == "413" }
    #expect(refused.count == 8 - HTTPLimits.maxBodyBytesPerConnection / (HTTPLimits.body / 2))
    // Rejected bodies are no longer counted, and accepted ones can complete.
    for stream in streams where !refused.contains(stream) { pair.client.send([], on: stream, isWhole: true) }
    pair.settle()
    let later = pair.client.request("POST", "/a", body: half)
    pair.settle()
    #expect(pair[later].status == "200")
  }

  @Test func `trailers after a rejected body are ignored`() {
    let pair = HTTP2ConnectionPair()
    let body = String(repeating: "a", count: HTTPLimits.body + 1)
    let stream = pair.client.request("POST", "/a", body: body, isWhole: false)
    pair.settle()
    pair.client.endWithTrailer([("x", "y")], on: stream)
    pair.settle()
    #expect(pair[stream].status == "413")
    let later = pair.client.request("GET", "/b")
    pair.settle()
    #expect(pair[later].status == "200")
  }
}

@Suite struct `End of HTTP/2 connections` {
  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", "\u{0}",
    String(repeating: "\u{0}", count: 64),
  ]) func `a wrong preface ends the connection`(_ preface: String) {
    for piece in [1, Int.max] {
      let pair = HTTP2ConnectionPair(piece: piece)
      pair.deliver(Array(preface.utf8))
      #expect(pair.state == .closing)
    }
  }

  @Test func `an invalid frame ends the connection with its error code`() {
    let pair = HTTP2ConnectionPair()
    pair.settle()
    // DATA on stream 0 (RFC 9113 section 6.1).
    pair.deliver([0, 0, 1, 0, 0, 0, 0, 0, 0, 0x41])
    #expect(pair.client.goAway == NGHTTP2_PROTOCOL_ERROR.rawValue)
    #expect(pair.state == .closing)
    #expect(pair.server.rejection == .malformedFrames)
  }

  @Test func `a GOAWAY of the client is no error`() {
    let pair = HTTP2ConnectionPair()
    let stream = pair.client.request("GET", "/a")
    pair.settle()
    pair.client.terminate()
    pair.settle()
    #expect(pair[stream].status == "200")
    #expect(pair.state == .closing)
    #expect(pair.server.rejection == nil)
  }

  @Test func `a few requests may be cancelled`() {
    let pair = HTTP2ConnectionPair()
    for _ in 0..<100 {
      let stream = pair.client.request("POST", "/a", body: "a", isWhole: false)
      pair.settle()
      pair.client.reset(stream)
    }
    let stream = pair.client.request("GET", "/a")
    pair.settle()
    #expect(pair[stream].status == "200")
    #expect(pair.state == .idle)
  }

  @Test func `a client that only cancels requests gets ENHANCE_YOUR_CALM`() {
    let pair = HTTP2ConnectionPair()
    var cancelled = 0
    while pair.state != .closing, cancelled < 10 * HTTPLimits.maxStreamResets {
      let stream = pair.client.request("GET", "/a")
      // In one write, so that the request and its end arrive together.
      let begun = pair.client.takeOutput()
      pair.client.reset(stream)
      pair.deliver(begun + pair.client.takeOutput())
      cancelled += 1
    }
    #expect(pair.client.goAway == NGHTTP2_ENHANCE_YOUR_CALM.rawValue)
    #expect(cancelled <= HTTPLimits.maxStreamResets + 1)
  }

  @Test func `shutdown completes requests in flight and accepts no new ones`() {
    let pair = HTTP2ConnectionPair()
    let stream = pair.client.request("POST", "/a", body: "a", isWhole: false)
    pair.settle()
    pair.shutDownGracefully()
    #expect(pair.client.goAway == NGHTTP2_NO_ERROR.rawValue)
    #expect(pair.state == .body)
    pair.client.send([0x62], on: stream, isWhole: true)
    pair.settle()
    #expect(pair[stream].text == "post /a||ab|")
    #expect(pair.state == .closing)
  }

  @Test func `an idle session closes at shutdown`() {
    let pair = HTTP2ConnectionPair()
    let stream = pair.client.request("GET", "/a")
    pair.settle()
    #expect(pair[stream].status == "200")
    pair.shutDownGracefully()
    #expect(pair.state == .closing)
  }

  @Test func `shutdown sends a large response completely`() {
    let pair = HTTP2ConnectionPair(window: 1000)
    let body = [UInt8](repeating: 1, count: 50_000)
    pair.handler = { _ in HTTPResponse(status: .ok, contentType: .json, body: body) }
    let stream = pair.client.request("GET", "/a")
    pair.deliver(pair.client.takeOutput())
    pair.shutDownGracefully()
    #expect(pair.state != .closing)
    pair.settle()
    #expect(pair[stream].body == body)
    #expect(pair.state == .closing)
  }
}
