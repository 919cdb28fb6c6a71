import Testing

@testable import HTTPWire

@Suite struct `Memory that connections share` {
  static let small = HTTPLimits.uncountedMemory

  @Test func `is counted from the first byte of whoever holds much, and given back`() {
    let memory = SharedMemory(limit: 100_000)
    do {
      let share = Holder(memory)
      #expect(share.hold(Self.small))
      #expect(memory.held == 0)
      #expect(share.hold(Self.small + 1))
      #expect(memory.held == Self.small + 1)
      #expect(share.hold(60_000))
      #expect(memory.held == 60_000)
      #expect(share.hold(20))
      #expect(memory.held == 0)
      #expect(share.hold(70_000))
    }
    #expect(memory.held == 0, "the holder has ended")
    #expect(memory.refusals == 0)
  }

  @Test func `has a limit for all together, at which the small still pass`() {
    let memory = SharedMemory(limit: 100_000)
    let first = Holder(memory)
    let second = Holder(memory)
    #expect(first.hold(60_000))
    #expect(second.hold(40_000), "exactly the limit")
    #expect(!second.hold(40_001))
    #expect(memory.held == 100_000, "a refusal changes nothing")
    #expect(memory.refusals == 1)
    #expect(first.hold(59_999), "less is always possible")
    #expect(second.hold(40_001))
    let third = Holder(memory)
    #expect(third.hold(Self.small))
    #expect(!third.hold(Self.small + 1))
  }

  @Test func `refuses the body that does not fit, closes, and forgets it`() {
    let memory = SharedMemory(limit: 50_000)
    let session = HTTP1Session(memory: memory)
    var output: [UInt8] = []
    func receive(_ text: String) -> SessionState {
      session.receive(Array(text.utf8).span, at: HTTPDate(secondsSince1970: 0), output: &output) { _ in
        HTTPResponse(status: .ok, contentType: .plainText, body: [])
      }
    }
    #expect(receive("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n") == .body)
    #expect(receive(String(repeating: "x", count: 40_000)) == .body)
    #expect(memory.held > 40_000)
    #expect(output.isEmpty)
    #expect(receive(String(repeating: "x", count: 15_000)) == .closing)
    #expect(String(decoding: output, as: UTF8.self).hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
    #expect(session.rejection == .noMemory)
    #expect(memory.held == 0)
  }

  @Test func `takes the same body where there is room`() {
    let memory = SharedMemory(limit: 70_000)
    let session = HTTP1Session(memory: memory)
    var output: [UInt8] = []
    var length = 0
    let text = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n" + String(repeating: "x", count: 60_000)
    for piece in stride(from: 0, to: text.utf8.count, by: 1_000) {
      let bytes = Array(text.utf8.dropFirst(piece).prefix(1_000))
      _ = session.receive(bytes.span, at: HTTPDate(secondsSince1970: 0), output: &output) { request in
        length = request.body.count
        return HTTPResponse(status: .ok, contentType: .plainText, body: [])
      }
    }
    #expect(length == 60_000)
    #expect(memory.held == 0)
  }
}

/// Holds a share as a connection does.
final class Holder {
  private var share: SharedMemory.Share

  init(_ memory: SharedMemory) {
    share = SharedMemory.Share(of: memory)
  }

  func hold(_ count: Int) -> Bool { share.hold(count) }
}
