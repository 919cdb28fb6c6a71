import TestSupport
import Testing

@testable import HTTPWire

@Suite struct `Memory of nghttp2` {
  /// A field `x` with an announced value of 64,000 bytes, in a code that doubles it (RFC 7541 section 5.2).
  static let announced: [UInt8] = [0x00, 0x01, 0x78, 0xFF, 0x81, 0xF3, 0x03]
  /// The same field, complete: 4,000 bytes, uncompressed.
  static let field = [0x00, 0x01, 0x78, 0x7F, 0xA1, 0x1E] + [UInt8](repeating: 0x61, count: 4_000)
  /// A name in upper case, for which nghttp2 resets the stream and ignores the rest of the block.
  static let malformed: [UInt8] = [0x00, 0x01, 0x58, 0x01, 0x61]

  @Test func `memory is counted when a field's length is announced, and released with the connection`() {
    let memory = MemoryBudget(limit: 100_000)
    do {
      var wire = HTTP2Wire(memory: memory)
      wire.send(Frame.headers(1, isWhole: false))
      #expect(memory.reservedBytes == 0, "small sessions reserve nothing")
      wire.send(Frame.continuation(1, Self.announced))
      #expect(wire.state == .body)
      #expect((60_000...100_000).contains(memory.reservedBytes))
    }
    #expect(memory.reservedBytes == 0)
  }

  @Test func `memory of an ignored header block is counted, and released at its end`() {
    let memory = MemoryBudget(limit: 100_000)
    var wire = HTTP2Wire(memory: memory)
    wire.send(Frame.headers(1, isWhole: false) + Frame.continuation(1, Self.malformed + Self.announced))
    #expect(wire.frames.contains { $0.type == 3 && $0.stream == 1 }, "the stream was reset")
    #expect(memory.reservedBytes > 60_000)
    let quarter = [UInt8](repeating: 0, count: 16_000)
    for _ in 1...3 { wire.send(Frame.continuation(1, quarter)) }
    #expect(memory.reservedBytes > 60_000)
    wire.send(Frame.make(9, flags: 4, stream: 1, quarter))
    #expect(memory.reservedBytes == 0)
    wire.send(Frame.headers(3))
    #expect(wire.statuses[3] == 1)
    #expect(wire.server.rejection == nil)
  }

  @Test func `memory of output that is sent at once is not counted`() {
    let memory = MemoryBudget(limit: 50_000)
    var wire = HTTP2Wire(memory: memory)
    wire.send((0..<900).flatMap { _ in Frame.make(6, flags: 0, stream: 0, [UInt8](repeating: 1, count: 8)) })
    #expect(wire.frames.filter { $0.type == 6 }.count == 900)
    #expect(memory.reservedBytes == 0)
    #expect(memory.rejectionCount == 0)
    wire.send((0..<128).flatMap { Frame.headers(UInt32(1 + 2 * $0)) })
    for _ in 0..<8 { wire.send(Frame.windowUpdate(0, by: 1)) }
    #expect(wire.statuses.count == 128)
    #expect(memory.reservedBytes == 0)
    #expect(wire.server.rejection == nil)
  }

  @Test func `an exhausted budget ends the connection`() {
    let memory = MemoryBudget(limit: 50_000)
    var wire = HTTP2Wire(memory: memory)
    wire.send(Frame.headers(1, isWhole: false) + Frame.continuation(1, Self.announced))
    #expect(wire.state == .closing)
    #expect(wire.server.rejection == .memoryExhausted)
    #expect(wire.goAway == 11)
  }

  @Test func `fields above the limit and endless header blocks end the connection`() {
    var wire = HTTP2Wire()
    // 65,537 bytes.
    wire.send(Frame.headers(1, isWhole: false) + Frame.continuation(1, [0x00, 0x01, 0x78, 0x7F, 0x82, 0xFF, 0x03]))
    #expect(wire.state == .closing)
    #expect(wire.server.rejection == .malformedFrames)

    wire = HTTP2Wire()
    var stream: UInt32 = 1
    while wire.state != .closing, wire.sent < 2 * HTTPLimits.maxOverheadBytes {
      wire.send(Frame.headers(stream, isWhole: false) + Frame.continuation(stream, Self.malformed))
      wire.send(Frame.continuation(stream, Self.field) + Frame.make(9, flags: 4, stream: stream))
      stream += 2
    }
    #expect(wire.state == .closing)
    #expect(wire.server.rejection == .http2Flood)
  }

  /// Requests that fill the dynamic table, which shortens later ones (RFC 7541 section 2.3.2).
  private static func fillTable(_ wire: inout HTTP2Wire, from stream: UInt32) {
    let request: [UInt8] = [0x82, 0x87, 0x84]
    let field: [UInt8] = [0x40, 0x01, 0x78, 0x01, 0x79]
    for stream in stride(from: stream, to: stream + 400, by: 2) {
      wire.send(Frame.make(1, flags: 5, stream: stream, request + field))
    }
  }

  @Test func `memory for the maximum of concurrent requests is not counted`() {
    let memory = MemoryBudget(limit: 1_000_000)
    var wire = HTTP2Wire(memory: memory)
    let streams = stride(from: UInt32(1), to: UInt32(2 * HTTPLimits.streams), by: 2)
    for stream in streams { wire.send(Frame.headers(stream, method: Frame.post, ends: false)) }
    #expect(wire.server.excess == 0)
    for stream in streams { wire.send(Frame.data(stream, ends: true)) }
    Self.fillTable(&wire, from: 1001)
    #expect(wire.server.excess == 0)
    #expect(wire.statuses.count > HTTPLimits.streams / 2, "all got responses, their numbers modulo 256")
    // The priorities of idle streams: nghttp2 keeps a hundred.
    for stream: UInt32 in 1...200 { wire.send(Frame.priority(2001 + 2 * stream)) }
    #expect((16_000...32_000).contains(wire.server.excess))
    #expect(memory.reservedBytes == wire.server.excess)
  }

  @Test func `usual requests with a body do not end the connection`() {
    let memory = MemoryBudget(limit: 100_000)
    var wire = HTTP2Wire(memory: memory)
    wire.send(Frame.headers(1, method: Frame.post, ends: false))
    for _ in 0..<2 { wire.send(Frame.data(1, [UInt8](repeating: 0x20, count: 10_000))) }
    // Other connections hold the rest.
    let others = Holder(memory)
    #expect(others.resize(to: memory.limit - memory.reservedBytes))
    for stream: UInt32 in [3, 5] { wire.send(Frame.headers(stream)) }
    #expect(wire.server.drainRejections() == [.memoryExhausted, .memoryExhausted])
    #expect(memory.rejectionCount == 2)
    #expect(wire.state == .body)
    #expect(others.resize(to: 0))
    wire.send(Frame.headers(7))
    wire.send(Frame.data(1, ends: true))
    #expect(wire.server.drainRejections() == [])
    #expect(wire.statuses == [1: 1, 3: 1, 5: 1, 7: 1])
    #expect(wire.state == .idle)
    #expect(memory.reservedBytes == 0)
  }

  @Test func `the memory of a rejected body is released at once`() {
    let memory = MemoryBudget(limit: 10 * HTTPLimits.body)
    var wire = HTTP2Wire(memory: memory)
    wire.send(Frame.windowUpdate(0, by: UInt32(2 * HTTPLimits.body)))
    wire.send(Frame.headers(1, method: Frame.post, ends: false))
    let part = [UInt8](repeating: 0x20, count: 16_000)
    while wire.statuses.isEmpty, wire.state == .body { wire.send(Frame.data(1, part)) }
    #expect(wire.server.drainRejections() == [.bodyTooLarge])
    #expect(memory.reservedBytes == 0, "the session has ended")
  }
}
