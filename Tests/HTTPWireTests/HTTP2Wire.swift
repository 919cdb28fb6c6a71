import TestSupport

@testable import HTTPWire

/// A server session and a peer that writes its frames by hand, as no decent client would.
struct HTTP2Wire {
  let server: HTTP2Session
  private(set) var state = SessionState.idle
  /// Everything that the server said.
  private(set) var output: [UInt8] = []
  /// How many bytes the server was handed.
  private(set) var sent = 0

  init(memory: MemoryBudget = MemoryBudget()) {
    server = HTTP2Session(memory: memory)
    send(Frame.preface)
  }

  /// Hands bytes over unless the session has ended.
  mutating func send(_ bytes: [UInt8]) {
    guard state != .closing else { return }
    sent += bytes.count
    state = server.receive(bytes.span, at: HTTP1Harness.date, output: &output, handler: echo)
  }

  mutating func beginDrain() { state = server.beginDrain(output: &output) }

  mutating func shutDownGracefully() { state = server.shutDownGracefully(output: &output) }

  /// The error code of the last GOAWAY in the output, if one was sent.
  var goAway: UInt8? { Frame.goAway(in: output) }

  /// The streams that a response or the end of one was sent on.
  var statuses: [UInt8: Int] {
    frames.filter { $0.type == 1 }.reduce(into: [:]) { $0[$1.stream] = ($0[$1.stream] ?? 0) + 1 }
  }

  var frames: [(type: UInt8, stream: UInt8, payload: [UInt8])] { Frame.read(output) }
}
