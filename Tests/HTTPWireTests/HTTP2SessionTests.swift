import CNGHTTP2
import Testing

@testable import HTTPWire

@Suite struct `HTTP/2 requests` {
  static let type = [("content-type", "application/json")]

  @Test(arguments: [1, 2, 9, 100, Int.max])
  func `are answered the same however they are split`(_ piece: Int) {
    let conversation = HTTP2Conversation(piece: piece)
    let post = conversation.client.request("POST", "/validate?timeout=10s", Self.type, body: "body")
    let get = conversation.client.request("GET", "/healthz")
    let other = conversation.client.request("PATCH", "/x", body: "")
    conversation.settle()
    #expect(conversation[post].text == "post /validate|application/json|body|")
    #expect(
      conversation[post].fields == [
        ":status": "200", "date": "Tue, 24 Nov 2026 04:17:01 GMT", "content-type": "text/plain; charset=utf-8",
        "content-length": "37",
      ])
    #expect(conversation[get].text == "get /healthz|||")
    #expect(conversation[other].text == "other /x|||")
    for stream in [post, get, other] { #expect(conversation[stream].closedWith == 0) }
    #expect(conversation.state == .idle)
    #expect(conversation.client.goAway == nil)
  }

  @Test func `HEAD is answered without a body`() {
    let conversation = HTTP2Conversation()
    let stream = conversation.client.request("HEAD", "/readyz")
    conversation.settle()
    #expect(conversation[stream].status == "200")
    #expect(conversation[stream].fields["content-length"] == "15")
    #expect(conversation[stream].body == [])
    #expect(conversation[stream].closedWith == 0)
  }

  @Test func `a 405 tells what is allowed`() {
    let conversation = HTTP2Conversation()
    conversation.handler = { _ in
      var response = HTTPResponse(status: .methodNotAllowed, contentType: .json, body: [])
      response.allow = "POST"
      return response
    }
    let stream = conversation.client.request("GET", "/validate")
    conversation.settle()
    #expect(conversation[stream].status == "405")
    #expect(conversation[stream].fields["allow"] == "POST")
  }

  @Test func `two bodies that come in turns are kept apart`() {
    let conversation = HTTP2Conversation()
    let first = conversation.client.request("POST", "/a", body: "1", isWhole: false)
    let second = conversation.client.request("POST", "/b", body: "x", isWhole: false)
    conversation.settle()
    #expect(conversation.state == .body)
    #expect(conversation[first].status == nil)
    conversation.client.send(Array("2".utf8), on: first, isWhole: false)
    conversation.settle()
    conversation.client.send(Array("y".utf8), on: second, isWhole: true)
    conversation.settle()
    #expect(conversation[second].text == "post /b||xy|")
    #expect(conversation.state == .body)
    conversation.client.send(Array("3".utf8), on: first, isWhole: true)
    conversation.settle()
    #expect(conversation[first].text == "post /a||123|")
    #expect(conversation.state == .idle)
  }

  @Test func `a large answer waits for the client's small window`() {
    let conversation = HTTP2Conversation(window: 1000)
    let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    conversation.handler = { _ in HTTPResponse(status: .ok, contentType: .json, body: body) }
    let stream = conversation.client.request("GET", "/metrics")
    conversation.settle()
    #expect(conversation[stream].body == body)
    #expect(conversation[stream].closedWith == 0)
    #expect(conversation.maxOutputLength < 5000)
  }

  @Test func `a large body is taken as the server's window opens`() {
    let conversation = HTTP2Conversation()
    let body = String(repeating: "0123456789", count: 100_000)
    let stream = conversation.client.request("POST", "/a", body: body)
    conversation.settle()
    #expect(conversation[stream].text == "post /a||\(body)|")
  }

  @Test func `a body that is expected to wait is called for once`() {
    let conversation = HTTP2Conversation()
    let stream = conversation.client.request(
      "POST", "/a", [("expect", "100-continue")], body: "", isWhole: false)
    conversation.settle()
    #expect(conversation[stream].interim == ["100"])
    conversation.client.send(Array("abc".utf8), on: stream, isWhole: true)
    conversation.settle()
    #expect(conversation[stream].text == "post /a||abc|")
    #expect(conversation[stream].interim == ["100"])
  }

  @Test func `a body that came along is not called for`() {
    let conversation = HTTP2Conversation()
    let stream = conversation.client.request("GET", "/a", [("expect", "100-continue")])
    conversation.settle()
    #expect(conversation[stream].interim == [])
    #expect(conversation[stream].text == "get /a|||")
  }

  @Test func `trailer fields end a request and change nothing in it`() {
    let conversation = HTTP2Conversation()
    let stream = conversation.client.request(
      "POST", "/a", [("expect", "100-continue")] + Self.type, body: "abc", isWhole: false)
    conversation.settle()
    conversation.client.endWithTrailer([("content-type", "text/plain"), ("x", "y")], on: stream)
    conversation.settle()
    #expect(conversation[stream].text == "post /a|application/json|abc|")
    #expect(conversation[stream].interim == ["100"])
  }

  @Test func `pings are answered between requests`() {
    let conversation = HTTP2Conversation()
    conversation.client.ping()
    conversation.settle()
    let stream = conversation.client.request("GET", "/a")
    conversation.settle()
    #expect(conversation[stream].status == "200")
  }
}

@Suite struct `HTTP/2 requests that are refused` {
  /// Fields of a request, and its status; a neighbour on the same connection is answered all the same.
  static let table: [(fields: [(String, String)], status: String)] = [
    ([("x-long", String(repeating: "x", count: HTTPLimits.head))], "431"),
    (Array(repeating: ("a", "b"), count: HTTPLimits.fieldCount), "431"),
    ([("expect", "200-ok")], "417"),
  ]

  @Test(arguments: table.indices) func `leave the others alive`(_ row: Int) {
    let conversation = HTTP2Conversation()
    let (fields, status) = Self.table[row]
    let neighbour = conversation.client.request("POST", "/n", body: "a", isWhole: false)
    let refused = conversation.client.request("POST", "/a", fields, body: "abc")
    conversation.settle()
    #expect(conversation[refused].status == status)
    #expect(conversation[refused].text.hasPrefix("{\"error\":\""))
    conversation.client.send([0x62], on: neighbour, isWhole: true)
    conversation.settle()
    #expect(conversation[neighbour].text == "post /n||ab|")
    #expect(conversation.client.goAway == nil)
    #expect(conversation.state == .idle)
    // Whoever counts them is told of each once.
    #expect(conversation.server.drainRejections().count == 1)
    #expect(conversation.server.drainRejections().isEmpty)
  }

  @Test func `a target over the limit is told so`() {
    let conversation = HTTP2Conversation()
    let refused = conversation.client.request("GET", "/" + String(repeating: "a", count: HTTPLimits.target))
    let longest = conversation.client.request("GET", "/" + String(repeating: "a", count: HTTPLimits.target - 1))
    conversation.settle()
    #expect(conversation[refused].status == "414")
    #expect(conversation[longest].status == "200")
  }

  @Test func `a body of the limit is taken, one byte more is not, and others live on`() {
    let conversation = HTTP2Conversation()
    conversation.handler = { request in
      HTTPResponse(status: .ok, contentType: .plainText, body: Array("\(request.body.count)".utf8))
    }
    let body = String(repeating: "a", count: HTTPLimits.body)
    let taken = conversation.client.request("POST", "/a", body: body)
    conversation.settle()
    #expect(conversation[taken].text == "\(HTTPLimits.body)")

    let neighbour = conversation.client.request("POST", "/n", body: "a", isWhole: false)
    let refused = conversation.client.request("POST", "/a", body: body + "a")
    conversation.settle()
    #expect(conversation[refused].status == "413")
    conversation.client.send([0x62], on: neighbour, isWhole: true)
    conversation.settle()
    #expect(conversation[neighbour].text == "2")
    #expect(conversation.client.goAway == nil)
  }

  @Test(arguments: [(HTTPLimits.body, nil), (HTTPLimits.body + 1, "413")])
  func `a body that is announced as too large is refused before it comes`(_ length: Int, _ status: String?) {
    let conversation = HTTP2Conversation()
    let stream = conversation.client.request(
      "POST", "/a", [("content-length", "\(length)")], body: "a", isWhole: false)
    conversation.settle()
    #expect(conversation[stream].status == status)
  }

  @Test func `who is still sending has the answer before it is told to stop`() {
    let conversation = HTTP2Conversation()
    conversation.client.ping()
    conversation.settle()
    let stream = conversation.client.request(
      "POST", "/a", [("content-length", "\(HTTPLimits.body + 1)")], body: "a", isWhole: false)
    conversation.settle()
    #expect(conversation[stream].status == "413")
    #expect(conversation[stream].closedWith == nil)
    conversation.client.send([0x62], on: stream, isWhole: false)
    conversation.settle()
    #expect(conversation[stream].closedWith == 0)
    #expect(conversation.state == .idle)
  }

  @Test func `many bodies at once cannot make us hold more than the connection's limit`() {
    let conversation = HTTP2Conversation()
    let half = String(repeating: "a", count: HTTPLimits.body / 2)
    var streams: [Int32] = []
    for _ in 0..<8 {
      streams.append(conversation.client.request("POST", "/a", body: half, isWhole: false))
      conversation.settle()
    }
    let refused = streams.filter { conversation[$0].status == "413" }
    #expect(refused.count == 8 - HTTPLimits.maxBodyBytesPerConnection / (HTTPLimits.body / 2))
    // What was refused does not count any more, and what was taken can still end.
    for stream in streams where !refused.contains(stream) { conversation.client.send([], on: stream, isWhole: true) }
    conversation.settle()
    let later = conversation.client.request("POST", "/a", body: half)
    conversation.settle()
    #expect(conversation[later].status == "200")
  }

  @Test func `trailers behind a refused body do no harm`() {
    let conversation = HTTP2Conversation()
    let body = String(repeating: "a", count: HTTPLimits.body + 1)
    let stream = conversation.client.request("POST", "/a", body: body, isWhole: false)
    conversation.settle()
    conversation.client.endWithTrailer([("x", "y")], on: stream)
    conversation.settle()
    #expect(conversation[stream].status == "413")
    let later = conversation.client.request("GET", "/b")
    conversation.settle()
    #expect(conversation[later].status == "200")
  }
}

@Suite struct `HTTP/2 connections that end` {
  @Test(arguments: [
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", "\u{0}",
    String(repeating: "\u{0}", count: 64),
  ]) func `a wrong preface ends the connection`(_ preface: String) {
    for piece in [1, Int.max] {
      let conversation = HTTP2Conversation(piece: piece)
      conversation.deliver(Array(preface.utf8))
      #expect(conversation.state == .closing)
    }
  }

  @Test func `a frame that breaks the protocol ends it with the reason`() {
    let conversation = HTTP2Conversation()
    conversation.settle()
    // DATA on stream 0 (RFC 9113 section 6.1).
    conversation.deliver([0, 0, 1, 0, 0, 0, 0, 0, 0, 0x41])
    #expect(conversation.client.goAway == NGHTTP2_PROTOCOL_ERROR.rawValue)
    #expect(conversation.state == .closing)
    #expect(conversation.server.rejection == .malformedFrames)
  }

  @Test func `a client that says goodbye breaks nothing`() {
    let conversation = HTTP2Conversation()
    let stream = conversation.client.request("GET", "/a")
    conversation.settle()
    conversation.client.sayGoodbye()
    conversation.settle()
    #expect(conversation[stream].status == "200")
    #expect(conversation.state == .closing)
    #expect(conversation.server.rejection == nil)
  }

  @Test func `some requests may be cancelled`() {
    let conversation = HTTP2Conversation()
    for _ in 0..<100 {
      let stream = conversation.client.request("POST", "/a", body: "a", isWhole: false)
      conversation.settle()
      conversation.client.reset(stream)
    }
    let stream = conversation.client.request("GET", "/a")
    conversation.settle()
    #expect(conversation[stream].status == "200")
    #expect(conversation.state == .idle)
  }

  @Test func `a client that does nothing but cancel is told to calm down`() {
    let conversation = HTTP2Conversation()
    var cancelled = 0
    while conversation.state != .closing, cancelled < 10 * HTTPLimits.maxStreamResets {
      let stream = conversation.client.request("GET", "/a")
      // Together, so that the request and its end come at once.
      let begun = conversation.client.takeOutput()
      conversation.client.reset(stream)
      conversation.deliver(begun + conversation.client.takeOutput())
      cancelled += 1
    }
    #expect(conversation.client.goAway == NGHTTP2_ENHANCE_YOUR_CALM.rawValue)
    #expect(cancelled <= HTTPLimits.maxStreamResets + 1)
  }

  @Test func `a stopping session finishes what is in flight and begins nothing new`() {
    let conversation = HTTP2Conversation()
    let stream = conversation.client.request("POST", "/a", body: "a", isWhole: false)
    conversation.settle()
    conversation.shutDownGracefully()
    #expect(conversation.client.goAway == NGHTTP2_NO_ERROR.rawValue)
    #expect(conversation.state == .body)
    conversation.client.send([0x62], on: stream, isWhole: true)
    conversation.settle()
    #expect(conversation[stream].text == "post /a||ab|")
    #expect(conversation.state == .closing)
  }

  @Test func `a stopping session that is idle closes at once`() {
    let conversation = HTTP2Conversation()
    let stream = conversation.client.request("GET", "/a")
    conversation.settle()
    #expect(conversation[stream].status == "200")
    conversation.shutDownGracefully()
    #expect(conversation.state == .closing)
  }

  @Test func `a stopping session still sends a large answer to its end`() {
    let conversation = HTTP2Conversation(window: 1000)
    let body = [UInt8](repeating: 1, count: 50_000)
    conversation.handler = { _ in HTTPResponse(status: .ok, contentType: .json, body: body) }
    let stream = conversation.client.request("GET", "/a")
    conversation.deliver(conversation.client.takeOutput())
    conversation.shutDownGracefully()
    #expect(conversation.state != .closing)
    conversation.settle()
    #expect(conversation[stream].body == body)
    #expect(conversation.state == .closing)
  }
}
