@testable import HTTPWire

/// A server session and a peer that writes its frames by hand, as no decent client would.
struct HTTP2Wire {
  let server = HTTP2Session()
  private(set) var state = SessionState.idle
  /// Everything that the server said.
  private(set) var output: [UInt8] = []
  /// How many bytes the server was handed.
  private(set) var sent = 0

  static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8) + Frame.settings()

  init() { send(Self.preface) }

  /// Hands bytes over unless the session has ended.
  mutating func send(_ bytes: [UInt8]) {
    guard state != .closing else { return }
    sent += bytes.count
    state = server.receive(bytes.span, at: HTTP1Harness.date, output: &output, answer: echo)
  }

  /// The error code of the last GOAWAY in the output, if one was sent.
  var goAway: UInt8? {
    frames.last { $0.type == 7 }.map { $0.payload[7] }
  }

  /// The streams that a response or the end of one was sent on.
  var statuses: [UInt8: Int] {
    frames.filter { $0.type == 1 }.reduce(into: [:]) { $0[$1.stream] = ($0[$1.stream] ?? 0) + 1 }
  }

  var frames: [(type: UInt8, stream: UInt8, payload: [UInt8])] {
    var frames: [(UInt8, UInt8, [UInt8])] = []
    var rest = output[...]
    while rest.count >= 9 {
      let head = Array(rest.prefix(9))
      let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
      frames.append((head[3], head[8], Array(rest.dropFirst(9).prefix(length))))
      rest = rest.dropFirst(9 + length)
    }
    return frames
  }
}

/// Frames of HTTP/2 (RFC 9113 section 4.1) as bytes.
enum Frame {
  static func make(_ type: UInt8, flags: UInt8 = 0, stream: UInt32 = 0, _ payload: [UInt8] = []) -> [UInt8] {
    let length = payload.count
    return [UInt8(length >> 16), UInt8(length >> 8 & 255), UInt8(length & 255), type, flags] + word(stream) + payload
  }

  static func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (24 - 8 * $0) & 255) } }

  static func data(_ stream: UInt32, _ content: [UInt8] = [], ends: Bool = false) -> [UInt8] {
    make(0, flags: ends ? 1 : 0, stream: stream, content)
  }

  /// `GET /` or `POST /`, its names and values taken from HPACK's static table (RFC 7541 appendix A).
  static func headers(_ stream: UInt32, method: UInt8 = 0x82, ends: Bool = true, isWhole: Bool = true) -> [UInt8] {
    make(1, flags: (ends ? 1 : 0) | (isWhole ? 4 : 0), stream: stream, [method, 0x87, 0x84, 0x41, 1, 0x78])
  }

  static let post: UInt8 = 0x83

  static func priority(_ stream: UInt32) -> [UInt8] { make(2, stream: stream, word(0) + [16]) }
  static func reset(_ stream: UInt32) -> [UInt8] { make(3, stream: stream, word(8)) }
  static func settings(_ entries: [(UInt8, UInt32)] = []) -> [UInt8] {
    make(4, entries.flatMap { [0, $0.0] + word($0.1) })
  }
  static func ping(isReply: Bool = false) -> [UInt8] {
    make(6, flags: isReply ? 1 : 0, [UInt8](repeating: 7, count: 8))
  }
  static func windowUpdate(_ stream: UInt32, by increment: UInt32) -> [UInt8] {
    make(8, stream: stream, word(increment))
  }
  static func continuation(_ stream: UInt32, _ fragment: [UInt8] = []) -> [UInt8] { make(9, stream: stream, fragment) }
}
