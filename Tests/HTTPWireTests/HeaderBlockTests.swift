import Testbed
import Testing

@testable import HTTPWire

@Suite struct `A header block of HTTP/2` {
  /// A field `x` whose value shall have 65,407 bytes (RFC 7541 section 6.2.2).
  static let beginning: [UInt8] = [0x00, 0x01, 0x78, 0x7F, 0x80, 0xFE, 0x03]
  static let kilobyte = [UInt8](repeating: 0x61, count: 1024)
  /// The same field, whole: 4,000 bytes.
  static let field = [0x00, 0x01, 0x78, 0x7F, 0xA1, 0x1E] + [UInt8](repeating: 0x61, count: 4_000)

  static func begin(_ stream: UInt32, with kilobytes: Int) -> [UInt8] {
    let value = Array(repeatElement(kilobyte, count: kilobytes).joined())
    let first = Frame.headers(stream, isWhole: false) + Frame.continuation(stream, beginning)
    return first
      + stride(from: 0, to: value.count, by: 16_000).flatMap { start in
        Frame.continuation(stream, Array(value[start..<min(start + 16_000, value.count)]))
      }
  }

  @Test func `that is not whole is counted as memory, and given back with its end`() {
    let memory = SharedMemory(limit: 100_000)
    do {
      var wire = HTTP2Wire(memory: memory)
      wire.send(Self.begin(1, with: 7))
      #expect(wire.state == .body)
      #expect(memory.held == 0, "a little is nobody's concern")
      wire.send(Frame.continuation(1, Self.kilobyte))
      #expect(memory.held > 2 * 8 * 1024)
    }
    #expect(memory.held == 0)

    var wire = HTTP2Wire(memory: memory)
    wire.send(Frame.headers(1, isWhole: false))
    for _ in 0..<4 { wire.send(Frame.continuation(1, Self.field)) }
    #expect(memory.held > 2 * 16_000)
    wire.send(Frame.make(9, flags: 4, stream: 1))
    #expect(memory.held == 0)
    #expect(wire.server.rejection == nil)
  }

  @Test func `for which there is no memory ends the connection`() {
    let memory = SharedMemory(limit: 100_000)
    var wire = HTTP2Wire(memory: memory)
    wire.send(Self.begin(1, with: 47))
    #expect(wire.state == .body)
    wire.send(Frame.continuation(1, Self.kilobyte))
    wire.send(Frame.continuation(1, Self.kilobyte))
    #expect(wire.state == .closing)
    #expect(wire.server.rejection == .noMemoryForBody)
    #expect(wire.goAway == 11)
  }

  /// A name in capitals, for which nghttp2 resets the stream and ignores what else is in the block.
  static let malformed: [UInt8] = [0x00, 0x01, 0x58, 0x01, 0x61]

  @Test func `is bounded where it is ignored`() {
    let memory = SharedMemory(limit: 1_000_000)
    var wire = HTTP2Wire(memory: memory)
    wire.send(Frame.headers(1, isWhole: false) + Frame.continuation(1, Self.malformed + Self.beginning))
    for _ in 0..<3 { wire.send(Frame.continuation(1, [UInt8](repeating: 0x61, count: 16_000))) }
    #expect(wire.frames.contains { $0.type == 3 && $0.stream == 1 }, "the stream was reset")
    #expect(memory.held > 2 * 48_000)
    #expect(wire.state == .idle)
    for _ in 0..<2 { wire.send(Frame.continuation(1, [UInt8](repeating: 0x61, count: 9_000))) }
    #expect(wire.state == .closing)
    #expect(wire.server.rejection == .flood)
  }

  @Test func `is given back where it ends and was ignored`() {
    let memory = SharedMemory(limit: 100_000)
    var wire = HTTP2Wire(memory: memory)
    wire.send(Frame.headers(1, isWhole: false))
    for _ in 0..<4 { wire.send(Frame.continuation(1, Self.field)) }
    #expect(memory.held > 2 * 16_000)
    wire.send(Frame.make(9, flags: 4, stream: 1, Self.malformed))
    #expect(memory.held == 0)
    wire.send(Frame.headers(3))
    #expect(wire.statuses[3] == 1)
  }

  @Test func `of a usual request is no reason to end a connection that holds a body`() {
    let memory = SharedMemory(limit: 100_000)
    var wire = HTTP2Wire(memory: memory)
    wire.send(Frame.headers(1, method: Frame.post, ends: false))
    for _ in 0..<2 { wire.send(Frame.data(1, [UInt8](repeating: 0x20, count: 10_000))) }
    // Others hold the rest.
    let others = Holder(memory)
    #expect(others.hold(memory.limit - memory.held))
    for stream: UInt32 in [3, 5] { wire.send(Frame.headers(stream)) }
    #expect(wire.server.takeRefusals() == [.noMemoryForBody, .noMemoryForBody])
    #expect(memory.refusals == 2)
    #expect(wire.state == .body)
    #expect(others.hold(0))
    wire.send(Frame.headers(7))
    wire.send(Frame.data(1, ends: true))
    #expect(wire.server.takeRefusals() == [])
    #expect(wire.statuses == [1: 1, 3: 1, 5: 1, 7: 1])
    #expect(wire.state == .idle)
    #expect(memory.held == 0)
  }

  @Test func `makes no difference to a body that is refused: its memory is given back at once`() {
    let memory = SharedMemory(limit: 10 * HTTPLimits.body)
    var wire = HTTP2Wire(memory: memory)
    wire.send(Frame.windowUpdate(0, by: UInt32(2 * HTTPLimits.body)))
    wire.send(Frame.headers(1, method: Frame.post, ends: false))
    let part = [UInt8](repeating: 0x20, count: 16_000)
    while wire.statuses.isEmpty, wire.state == .body { wire.send(Frame.data(1, part)) }
    #expect(wire.server.takeRefusals() == [.bodyTooLarge])
    #expect(memory.held == 0, "the peer says nothing more")
  }

  @Test(arguments: [1, 7, 1000]) func `is told apart from frames around it, however the bytes are cut`(_ piece: Int) {
    let before = Frame.preface + Frame.headers(1) + Frame.data(3, Self.kilobyte) + Frame.priority(5)
    var block = HeaderBlock()
    func pass(_ bytes: [UInt8]) {
      for start in stride(from: 0, to: bytes.count, by: piece) {
        block.pass(bytes[start..<min(start + piece, bytes.count)].span)
      }
    }
    pass(before)
    #expect(block.bytes == 0)
    pass(Frame.headers(7, isWhole: false))
    #expect(block.bytes == 6)
    pass(Frame.continuation(7, Self.kilobyte) + Frame.continuation(7))
    #expect(block.bytes == 1030)
    pass(Frame.make(9, flags: 4, stream: 7))
    #expect(block.bytes == 0)
    pass(Array(Frame.headers(9).dropLast()))
    #expect(block.bytes == 5)
    pass([0x78])
    #expect(block.bytes == 0)
  }

  @Test func `is bounded also where all of it comes at once`() {
    // Whole with its last frame, and of a stream that was reset, so that none of its fields is counted.
    var wire = HTTP2Wire()
    let value = [UInt8](repeating: 0x61, count: 65_407)
    let fields = Self.malformed + Self.beginning + value + Self.field
    let parts = stride(from: 0, to: fields.count, by: 16_000).map { fields[$0..<min($0 + 16_000, fields.count)] }
    wire.send(
      Frame.headers(1, isWhole: false) + parts.flatMap { Frame.continuation(1, Array($0)) }
        + Frame.make(9, flags: 4, stream: 1))
    #expect(wire.state == .closing)
    #expect(wire.server.rejection == .flood)
  }

  /// Frames of all kinds, in an order that a peer may send them, with the bytes of a block that have come behind each of
  /// their bytes.
  private static func frames(_ random: inout SeededNumbers) -> [(byte: UInt8, bytes: Int)] {
    var all = Frame.preface.map { (byte: $0, bytes: 0) }
    for stream in stride(from: UInt32(1), to: 61, by: 2) {
      var bytes = 0
      let parts = 1 + random.next(below: 3)
      for part in 0..<parts {
        // Padding and priority are flags of HEADERS (RFC 9113 section 6.2); the frame is as long as it says.
        let ends: UInt8 = part == parts - 1 ? 4 : 0
        let others: UInt8 = part == 0 ? random.pick([0, 1, 8, 0x20, 0x29]) : 0
        let payload = [UInt8](repeating: 1, count: random.pick([0, 0, 1, 9, 300]))
        for (place, byte) in Frame.make(part == 0 ? 1 : 9, flags: ends | others, stream: stream, payload).enumerated() {
          if place >= 9 { bytes += 1 }
          all.append((byte, bytes))
        }
      }
      all[all.count - 1].bytes = 0
      let other = Frame.make(random.pick([0, 2, 3, 4, 6, 8, 0x0B, 0xFF]), flags: 4, stream: stream, [1, 2, 3])
      all += other.map { ($0, 0) }
    }
    return all
  }

  @Test func `has as many bytes as a table of random frames says, however they are cut`() {
    var random = SeededNumbers()
    for _ in 0..<50 {
      let frames = Self.frames(&random)
      var block = HeaderBlock()
      var place = 0
      while place < frames.count {
        let next = min(place + 1 + random.next(below: random.pick([2, 12, 400])), frames.count)
        let piece = frames[place..<next].map(\.byte)
        block.pass(piece.span)
        #expect(block.bytes == frames[next - 1].bytes, "SEED=\(random.seed), behind byte \(next)")
        place = next
      }
    }
  }

  @Test func `is bounded before it is read`() {
    var wire = HTTP2Wire()
    wire.send(Self.begin(1, with: 63))
    #expect(wire.state == .body)
    wire.send(Frame.continuation(1, Self.kilobyte))
    #expect(wire.state == .closing)
    #expect(wire.server.rejection == .flood)
    #expect(wire.goAway == 11)
  }
}
