import Testing

@testable import HTTPWire

@Suite struct `Memory budget` {
  static let small = HTTPLimits.accountingThreshold

  @Test func `the memory of large holders is reserved and released`() {
    let memory = MemoryBudget(limit: 100_000)
    do {
      let reservation = Holder(memory)
      #expect(reservation.resize(to: Self.small))
      #expect(memory.reservedBytes == 0)
      #expect(reservation.resize(to: Self.small + 1))
      #expect(memory.reservedBytes == Self.small + 1)
      #expect(reservation.resize(to: 60_000))
      #expect(memory.reservedBytes == 60_000)
      #expect(reservation.resize(to: 20))
      #expect(memory.reservedBytes == 0)
      #expect(reservation.resize(to: 70_000))
    }
    #expect(memory.reservedBytes == 0, "the holder has ended")
    #expect(memory.rejectionCount == 0)
  }

  @Test func `an exhausted budget rejects large requests but not small ones`() {
    let memory = MemoryBudget(limit: 100_000)
    let first = Holder(memory)
    let second = Holder(memory)
    #expect(first.resize(to: 60_000))
    #expect(second.resize(to: 40_000), "exactly the limit")
    #expect(!second.resize(to: 40_001))
    #expect(memory.reservedBytes == 100_000, "a refusal changes nothing")
    #expect(memory.rejectionCount == 1)
    #expect(first.resize(to: 59_999), "less is always possible")
    #expect(second.resize(to: 40_001))
    let third = Holder(memory)
    #expect(third.resize(to: Self.small))
    #expect(!third.resize(to: Self.small + 1))
  }

  @Test func `a body beyond the budget is rejected and released, and the session closes`() {
    let memory = MemoryBudget(limit: 50_000)
    let session = HTTP1Session(memory: memory)
    var output: [UInt8] = []
    func receive(_ text: String) -> SessionState {
      session.receive(Array(text.utf8).span, at: HTTPDate(secondsSince1970: 0), output: &output) { _ in
        HTTPResponse(status: .ok, contentType: .plainText, body: [])
      }
    }
    #expect(receive("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n") == .body)
    #expect(receive(String(repeating: "x", count: 40_000)) == .body)
    #expect(memory.reservedBytes > 40_000)
    #expect(output.isEmpty)
    #expect(receive(String(repeating: "x", count: 15_000)) == .closing)
    #expect(String(decoding: output, as: UTF8.self).hasPrefix("HTTP/1.1 503 Service Unavailable\r\n"))
    #expect(session.rejection == .memoryExhausted)
    #expect(memory.reservedBytes == 0)
  }

  @Test func `the same body is accepted with a sufficient budget`() {
    let memory = MemoryBudget(limit: 70_000)
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
    #expect(memory.reservedBytes == 0)
  }
}

/// Holds a reservation as a connection does.
final class Holder {
  private var reservation: MemoryBudget.Reservation

  init(_ memory: MemoryBudget) {
    reservation = MemoryBudget.Reservation(of: memory)
  }

  func resize(to count: Int) -> Bool { reservation.resize(to: count) }
}
