import TestSupport

@testable import HTTPWire

/// A server session and a peer that writes invalid and unusual frames.
struct HTTP2Wire {
  let server: HTTP2Session
  private(set) var state = SessionState.idle
  /// The whole output of the server.
  private(set) var output: [UInt8] = []
  /// The number of bytes passed to the server.
  private(set) var sent = 0

  init(memory: MemoryBudget = MemoryBudget()) {
    server = HTTP2Session(memory: memory)
    send(Frame.preface)
  }

  /// Passes bytes unless the session has ended.
  mutating func send(_ bytes: [UInt8]) {
    guard state != .closing else { return }
    sent += bytes.count
    state = server.receive(bytes.span, at: HTTP1Harness.date, output: &output, handler: echo)
  }

  mutating func beginDrain() { state = server.beginDrain(output: &output) }

  mutating func shutDownGracefully() { state = server.shutDownGracefully(output: &output) }

  /// The error code of the last GOAWAY in the output, if any.
  var goAway: UInt8? { Frame.goAway(in: output) }

  /// The streams with a response or an end of one.
  var statuses: [UInt8: Int] {
    frames.filter { $0.type == 1 }.reduce(into: [:]) { $0[$1.stream] = ($0[$1.stream] ?? 0) + 1 }
  }

  var frames: [(type: UInt8, stream: UInt8, payload: [UInt8])] { Frame.read(output) }
}
