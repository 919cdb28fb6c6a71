import TestSupport
import Testing

@testable import HTTPWire

@Suite struct `HTTP/2 floods` {
  /// Alone and many at once, as from a full socket: nghttp2's own limits count within a call.
  @Test(arguments: Flood.all, [1, 2_000]) func `a flood ends the connection after a limited number of bytes`(
    _ flood: Flood, turnsAtOnce: UInt32
  ) {
    var wire = HTTP2Wire()
    wire.send(flood.before)
    var turn: UInt32 = 0
    while wire.state != .closing, wire.sent < 4 * HTTPLimits.maxOverheadBytes {
      wire.send(flood.turns(turnsAtOnce, from: turn))
      turn += turnsAtOnce
    }
    #expect(wire.state == .closing)
    #expect(turn == turnsAtOnce || wire.sent < 2 * HTTPLimits.maxOverheadBytes)
    #expect(wire.output.count < 2 * HTTPLimits.maxOverheadBytes)
    #expect(wire.server.rejection == (flood.breaksProtocol ? .malformedFrames : .http2Flood))
    #expect(wire.goAway != nil && wire.goAway != 0)
  }

  /// The same frames, a few with each request, as from a legitimate peer.
  static let reasonable = Flood.all.filter { flood in
    flood.before.isEmpty && !flood.breaksProtocol
      && !["cancel", "resets", "many"].contains { flood.description.contains($0) }
  }

  @Test(arguments: reasonable) func `the same frames together with requests are no flood`(_ flood: Flood) {
    var wire = HTTP2Wire()
    let requests: UInt32 = 2_000
    for request in 0..<requests {
      // Odd streams again: every second one for a request, the others for the flood's frames.
      wire.send(Frame.headers(4 * request + 1))
      for _ in 0..<8 { wire.send(flood.turn(2 * request)) }
    }
    #expect(wire.state == .idle)
    #expect(wire.server.rejection == nil)
    #expect(wire.goAway == nil)
    #expect(wire.frames.count { $0.type == 1 } == requests)
  }

  @Test func `all streams may be cancelled at once repeatedly between requests`() {
    var wire = HTTP2Wire()
    var next: UInt32 = 1
    for _ in 0..<20 {
      let streams = (0..<100).map { next + 2 * $0 }
      for stream in streams { wire.send(Frame.headers(stream, method: Frame.post, ends: false)) }
      #expect(wire.state == .body)
      for stream in streams { wire.send(Frame.reset(stream)) }
      next += 200
      for _ in 0..<100 {
        wire.send(Frame.headers(next))
        next += 2
      }
    }
    #expect(wire.state == .idle)
    #expect(wire.goAway == nil)
  }

  @Test func `a body of the maximum size in frames of a hundred bytes is no flood`() {
    var wire = HTTP2Wire()
    wire.send(Frame.headers(1, method: Frame.post, ends: false))
    let frame = Frame.data(1, [UInt8](repeating: 0x61, count: 100))
    for _ in 0..<HTTPLimits.body / 100 { wire.send(frame) }
    #expect(wire.state == .body)
    wire.send(Frame.data(1, ends: true))
    #expect(wire.server.rejection == nil)
  }
}

@Suite struct `HTTP/2 heads` {
  /// As in HPACK with one byte each: the field is in the dynamic table.
  static let field = [UInt8](repeating: 0x61, count: 4_000)

  @Test(arguments: ["content-type", ":path", "x-other"])
  func `a head uses limited memory for repeated long fields`(_ name: String) {
    var stream = HTTP2Stream(id: 1)
    for _ in 0..<12_000 { stream.appendField(Array(name.utf8).span, Self.field.span) }
    #expect(stream.rejection != nil)
    stream.finishHead()
    #expect(stream.headBytes <= 1024 + HTTPLimits.head)
  }

  @Test(arguments: [false, true]) func `a head or trailers above the field limit end the connection`(
    isTrailer: Bool
  ) {
    var wire = HTTP2Wire()
    wire.send(Frame.headers(1, method: Frame.post, ends: false))
    var count = 0
    while count < 12_000, wire.server.didReceiveHeader(1, Array("x".utf8).span, Self.field.span, isTrailer: isTrailer) {
      count += 1
    }
    #expect(count <= HTTPLimits.maxFieldBytesPerStream / Self.field.count)
    #expect(wire.server.rejection == .http2Flood)
    wire.send([])
    #expect(wire.state == .closing)
    #expect(wire.goAway == 11)
  }

  @Test func `Content-Type must not be repeated`() {
    var stream = HTTP2Stream(id: 1)
    stream.appendField(Array(":path".utf8).span, Array("/a?b".utf8).span)
    stream.appendField(Array("content-type".utf8).span, Array("application/json".utf8).span)
    var repeated = stream
    repeated.appendField(Array("content-type".utf8).span, Array("text/plain".utf8).span)
    #expect(repeated.rejection == .repeatedContentType)
    #expect(String(decoding: stream.respond(to: echo).body, as: UTF8.self) == "other /a|application/json||")
  }
}

@Suite struct `Concurrent HTTP/2 requests` {
  @Test func `concurrent requests get a limited number of responses per iteration`() {
    var wire = HTTP2Wire()
    let streams = (0..<UInt32(2 * HTTPLimits.maxResponsesPerIteration + 1)).map { 2 * $0 + 1 }
    wire.send(streams.flatMap { Frame.headers($0) })
    #expect(wire.statuses.count == HTTPLimits.maxResponsesPerIteration)
    #expect(wire.state == .paused)
    wire.send([])
    #expect(wire.state == .paused)
    wire.send([])
    #expect(wire.statuses.count == streams.count)
    #expect(wire.state == .idle)
  }

  @Test(arguments: ["shuts down", "begins to drain", "receives GOAWAY"])
  func `all concurrent requests get a response at the end of a connection`(_ happens: String) {
    var wire = HTTP2Wire()
    let count = 2 * HTTPLimits.maxResponsesPerIteration + 1
    wire.send((0..<UInt32(count)).flatMap { Frame.headers(2 * $0 + 1) })
    switch happens {
    case "shuts down": wire.shutDownGracefully()
    case "begins to drain": wire.beginDrain()
    default: wire.send(Frame.make(7, Frame.word(0) + Frame.word(0)))
    }
    for _ in 0..<2 where wire.state == .paused { wire.send([]) }
    #expect(wire.statuses.values.reduce(0, +) == count)
    #expect(wire.state == (happens == "begins to drain" ? .idle : .closing))
    #expect(wire.server.rejection == nil)
  }

  @Test func `cancelled requests get no response`() {
    var wire = HTTP2Wire()
    let streams = (0..<UInt32(2 * HTTPLimits.maxResponsesPerIteration)).map { 2 * $0 + 1 }
    wire.send(streams.flatMap { Frame.headers($0) })
    #expect(wire.state == .paused)
    wire.send(streams.suffix(HTTPLimits.maxResponsesPerIteration).flatMap { Frame.reset($0) })
    #expect(wire.state == .idle)
    #expect(wire.statuses.count == HTTPLimits.maxResponsesPerIteration)
  }

  @Test func `as many concurrent requests as the limit get their responses in one iteration`() {
    var wire = HTTP2Wire()
    wire.send((0..<UInt32(HTTPLimits.maxResponsesPerIteration)).flatMap { Frame.headers(2 * $0 + 1) })
    #expect(wire.statuses.count == HTTPLimits.maxResponsesPerIteration)
    #expect(wire.state == .idle)
  }
}

@Suite struct `HTTP/2 stream IDs` {
  @Test func `a skipped stream ID ends the connection`() {
    var wire = HTTP2Wire()
    wire.send(Frame.headers(5) + Frame.headers(3))
    #expect(wire.state == .closing)
    #expect(wire.server.rejection == .malformedFrames)
    // PROTOCOL_ERROR
    #expect(wire.goAway == 1)
  }

  @Test func `stream IDs may be skipped, and a rejected stream may get more headers`() {
    var wire = HTTP2Wire()
    for stream: UInt32 in [1, 5, 101] { wire.send(Frame.headers(stream)) }
    #expect(wire.frames.count { $0.type == 1 } == 3)
    wire.send(Frame.headers(103, method: Frame.post, ends: false) + Frame.reset(103))
    wire.send(Frame.headers(105))
    #expect(wire.state == .idle)
    #expect(wire.goAway == nil)
  }
}

@Suite struct `HTTP/2 flow control` {
  /// SETTINGS_INITIAL_WINDOW_SIZE.
  static func window(_ size: UInt32) -> [UInt8] { Frame.settings([(4, size)]) }

  @Test func `a session blocked on flow control is not idle`() {
    var wire = HTTP2Wire()
    wire.send(Self.window(0))
    wire.send(Frame.headers(1))
    #expect(wire.state == .blockedOnFlowControl)
    #expect(wire.server.pendingRequestID == 1)
    wire.send(Frame.windowUpdate(1, by: 1000))
    #expect(wire.state == .idle)
  }

  @Test func `neither small window updates nor other requests extend the deadline of a pending response`() {
    var wire = HTTP2Wire()
    wire.send(Self.window(0))
    wire.send(Frame.headers(1))
    for _ in 0..<5 { wire.send(Frame.windowUpdate(1, by: 1)) }
    #expect(wire.state == .blockedOnFlowControl)
    wire.send(Self.window(1000))
    #expect(wire.state == .idle)

    wire.send(Self.window(0))
    wire.send(Frame.headers(3))
    wire.send(Frame.headers(5))
    wire.send(Frame.windowUpdate(5, by: 1000))
    #expect(wire.state == .blockedOnFlowControl)
    #expect(wire.server.pendingRequestID == 3)
  }

  @Test func `the deadline of a body counts from its own start`() {
    var wire = HTTP2Wire()
    for (time, stream): (Int64, UInt32) in [(10, 1), (20, 3), (30, 5)] {
      wire.server.now = time
      wire.send(Frame.headers(stream, method: Frame.post, ends: false))
    }
    #expect(wire.server.requestStart == 10)
    wire.server.now = 100
    wire.send(Frame.data(1, ends: true))
    #expect(wire.server.pendingRequestID == 3)
    #expect(wire.server.requestStart == 20)
    // The wait for the window starts with the response.
    wire.send(Self.window(0))
    wire.send(Frame.data(3, ends: true))
    #expect(wire.state == .blockedOnFlowControl)
    #expect(wire.server.requestStart == 100)
    wire.send(Frame.windowUpdate(3, by: 1000))
    #expect(wire.server.requestStart == 30)
  }

  @Test func `other requests do not extend the deadline of a slow body`() {
    var wire = HTTP2Wire()
    wire.send(Frame.headers(1, method: Frame.post, ends: false))
    for stream: UInt32 in [3, 5, 7] {
      wire.send(Frame.headers(stream))
      wire.send(Frame.data(1, [0x20]))
      #expect(wire.state == .body)
      #expect(wire.server.pendingRequestID == 1)
    }
    wire.send(Frame.data(1, ends: true))
    #expect(wire.state == .idle)
    #expect(wire.server.pendingRequestID == 4)
  }

  @Test func `a window above the protocol's maximum ends the connection`() {
    var wire = HTTP2Wire()
    for _ in 0..<2 { wire.send(Frame.windowUpdate(0, by: 0x7FFF_FFFF)) }
    #expect(wire.state == .closing)
    #expect(wire.server.rejection == .malformedFrames)
    // FLOW_CONTROL_ERROR
    #expect(wire.goAway == 3)
  }

  @Test func `pending responses are limited by the number of open streams`() {
    var wire = HTTP2Wire()
    wire.send(Self.window(0))
    var responseCount = 0
    for turn in 0..<UInt32(4 * HTTPLimits.streams) {
      wire.send(Frame.headers(2 * turn + 1))
      if wire.state == .closing { break }
      responseCount += 1
    }
    #expect(wire.frames.count { $0.type == 1 } <= HTTPLimits.streams)
    // The others were reset with REFUSED_STREAM, so that the client may retry them elsewhere.
    #expect(wire.frames.count { $0.type == 3 && $0.payload.last == 7 } >= responseCount - HTTPLimits.streams)
  }
}
