import TestSupport
import Testing

@testable import HTTPWire

@Suite struct `Floods of HTTP/2 frames` {
  /// Alone, and many at once, as they come when a socket was full of them: nghttp2's own limits count within a call.
  @Test(arguments: Flood.all, [1, 2_000]) func `end the connection after a bounded count of bytes`(
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

  /// The same frames, a few with each request, as from a peer that has its reasons.
  static let reasonable = Flood.all.filter { flood in
    flood.before.isEmpty && !flood.breaksProtocol
      && !["cancel", "nothing", "many"].contains { flood.description.contains($0) }
  }

  @Test(arguments: reasonable) func `are no floods when requests come with them`(_ flood: Flood) {
    var wire = HTTP2Wire()
    let requests: UInt32 = 2_000
    for request in 0..<requests {
      // Odd streams again: every second one for a request, the others for what the turn does to one.
      wire.send(Frame.headers(4 * request + 1))
      for _ in 0..<8 { wire.send(flood.turn(2 * request)) }
    }
    #expect(wire.state == .idle)
    #expect(wire.server.rejection == nil)
    #expect(wire.goAway == nil)
    #expect(wire.frames.count { $0.type == 1 } == requests)
  }

  @Test func `all streams may be cancelled at once, again and again, between requests`() {
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

  @Test func `a body of the largest size in frames of a hundred bytes is no flood`() {
    var wire = HTTP2Wire()
    wire.send(Frame.headers(1, method: Frame.post, ends: false))
    let frame = Frame.data(1, [UInt8](repeating: 0x61, count: 100))
    for _ in 0..<HTTPLimits.body / 100 { wire.send(frame) }
    #expect(wire.state == .body)
    wire.send(Frame.data(1, ends: true))
    #expect(wire.server.rejection == nil)
  }
}

@Suite struct `A head of HTTP/2` {
  /// As HPACK makes of a byte each: the field is in the peer's table.
  static let field = [UInt8](repeating: 0x61, count: 4_000)

  @Test(arguments: ["content-type", ":path", "x-other"])
  func `takes no more memory than its limit, however often a long field is repeated`(_ name: String) {
    var stream = HTTP2Stream(id: 1)
    for _ in 0..<12_000 { stream.appendField(Array(name.utf8).span, Self.field.span) }
    #expect(stream.rejection != nil)
    stream.finishHead()
    #expect(stream.headBytes <= 1024 + HTTPLimits.head)
  }

  @Test(arguments: [false, true]) func `that goes on beyond it, or its trailers, end the connection`(
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

  @Test func `says once what the body is`() {
    var stream = HTTP2Stream(id: 1)
    stream.appendField(Array(":path".utf8).span, Array("/a?b".utf8).span)
    stream.appendField(Array("content-type".utf8).span, Array("application/json".utf8).span)
    var repeated = stream
    repeated.appendField(Array("content-type".utf8).span, Array("text/plain".utf8).span)
    #expect(repeated.rejection == .repeatedContentType)
    #expect(String(decoding: stream.respond(to: echo).body, as: UTF8.self) == "other /a|application/json||")
  }
}

@Suite struct `Many requests at once` {
  @Test func `are answered a few in each turn`() {
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

  @Test(arguments: ["shuts down", "announces the end", "is told goodbye"])
  func `are all answered when the server`(_ happens: String) {
    var wire = HTTP2Wire()
    let count = 2 * HTTPLimits.maxResponsesPerIteration + 1
    wire.send((0..<UInt32(count)).flatMap { Frame.headers(2 * $0 + 1) })
    switch happens {
    case "shuts down": wire.shutDownGracefully()
    case "announces the end": wire.beginDrain()
    default: wire.send(Frame.make(7, Frame.word(0) + Frame.word(0)))
    }
    for _ in 0..<2 where wire.state == .paused { wire.send([]) }
    #expect(wire.statuses.values.reduce(0, +) == count)
    #expect(wire.state == (happens == "announces the end" ? .idle : .closing))
    #expect(wire.server.rejection == nil)
  }

  @Test func `are forgotten where they were cancelled before their turn`() {
    var wire = HTTP2Wire()
    let streams = (0..<UInt32(2 * HTTPLimits.maxResponsesPerIteration)).map { 2 * $0 + 1 }
    wire.send(streams.flatMap { Frame.headers($0) })
    #expect(wire.state == .paused)
    wire.send(streams.suffix(HTTPLimits.maxResponsesPerIteration).flatMap { Frame.reset($0) })
    #expect(wire.state == .idle)
    #expect(wire.statuses.count == HTTPLimits.maxResponsesPerIteration)
  }

  @Test func `are all answered at once where they are as many as a turn may have`() {
    var wire = HTTP2Wire()
    wire.send((0..<UInt32(HTTPLimits.maxResponsesPerIteration)).flatMap { Frame.headers(2 * $0 + 1) })
    #expect(wire.statuses.count == HTTPLimits.maxResponsesPerIteration)
    #expect(wire.state == .idle)
  }
}

@Suite struct `Stream numbers of HTTP/2` {
  @Test func `a number that was passed over ends the connection`() {
    var wire = HTTP2Wire()
    wire.send(Frame.headers(5) + Frame.headers(3))
    #expect(wire.state == .closing)
    #expect(wire.server.rejection == .malformedFrames)
    // PROTOCOL_ERROR
    #expect(wire.goAway == 1)
  }

  @Test func `numbers may be left out, and headers may still come for a stream that was refused`() {
    var wire = HTTP2Wire()
    for stream: UInt32 in [1, 5, 101] { wire.send(Frame.headers(stream)) }
    #expect(wire.frames.count { $0.type == 1 } == 3)
    wire.send(Frame.headers(103, method: Frame.post, ends: false) + Frame.reset(103))
    wire.send(Frame.headers(105))
    #expect(wire.state == .idle)
    #expect(wire.goAway == nil)
  }
}

@Suite struct `Windows of HTTP/2` {
  /// SETTINGS_INITIAL_WINDOW_SIZE.
  static func window(_ size: UInt32) -> [UInt8] { Frame.settings([(4, size)]) }

  @Test func `a peer that makes no room for its answer is told apart from one that asks nothing`() {
    var wire = HTTP2Wire()
    wire.send(Self.window(0))
    wire.send(Frame.headers(1))
    #expect(wire.state == .blockedOnFlowControl)
    #expect(wire.server.pendingRequestID == 1)
    wire.send(Frame.windowUpdate(1, by: 1000))
    #expect(wire.state == .idle)
  }

  @Test func `neither dripping room nor other requests put off the deadline of an answer that waits`() {
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

  @Test func `a body has its time from when it began, not from when an older one was done`() {
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
    // Room for an answer is waited for from when there is one.
    wire.send(Self.window(0))
    wire.send(Frame.data(3, ends: true))
    #expect(wire.state == .blockedOnFlowControl)
    #expect(wire.server.requestStart == 100)
    wire.send(Frame.windowUpdate(3, by: 1000))
    #expect(wire.server.requestStart == 30)
  }

  @Test func `nor do other requests put off the deadline of a body that drips in`() {
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

  @Test func `a window that grows beyond what a window can be ends the connection`() {
    var wire = HTTP2Wire()
    for _ in 0..<2 { wire.send(Frame.windowUpdate(0, by: 0x7FFF_FFFF)) }
    #expect(wire.state == .closing)
    #expect(wire.server.rejection == .malformedFrames)
    // FLOW_CONTROL_ERROR
    #expect(wire.goAway == 3)
  }

  @Test func `what waits for room is bounded by the streams that may be open`() {
    var wire = HTTP2Wire()
    wire.send(Self.window(0))
    var responseCount = 0
    for turn in 0..<UInt32(4 * HTTPLimits.streams) {
      wire.send(Frame.headers(2 * turn + 1))
      if wire.state == .closing { break }
      responseCount += 1
    }
    #expect(wire.frames.count { $0.type == 1 } <= HTTPLimits.streams)
    // The others were refused (REFUSED_STREAM), so that the client may try them elsewhere.
    #expect(wire.frames.count { $0.type == 3 && $0.payload.last == 7 } >= responseCount - HTTPLimits.streams)
  }
}
