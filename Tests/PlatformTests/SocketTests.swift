import Foundation
import Testing

@testable import Platform

@Suite struct `Sockets` {
  @Test(arguments: ["0.0.0.0:8443", "127.0.0.1:0", "[::]:8443", "[::1]:65535"])
  func `an address survives a round trip`(_ text: String) {
    #expect(SocketAddress(text)?.description == text)
  }

  @Test(arguments: [
    "", "8443", ":8443", "localhost:8443", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
    "[::1", "::1:8443", "[127.0.0.1]:1", "1.2.3:80", "127.0.0.1:80 ",
  ])
  func `an invalid address is rejected`(_ text: String) {
    #expect(SocketAddress(text) == nil)
  }

  @Test func `a connection is accepted, read, written and closed without blocking`() throws {
    let address = try #require(SocketAddress("127.0.0.1:0"))
    let listener = try Listener(on: address, backlog: 8)
    #expect(listener.address.port != 0)
    guard case .wouldBlock = try listener.accept() else {
      Issue.record("no connection is pending")
      return
    }
    let client = try Client(to: listener.address)
    let poller = try Poller(batch: 4)
    let token = Poller.Token(slot: 7, generation: 3)
    try poller.register(listener.descriptor, as: token, for: [.reading, .exclusive])
    var events: [Poller.Token?] = []
    try poller.wait(until: .now + .seconds(10), wake: { events.append(nil) }) { events.append($0.token) }
    #expect(events == [nil, token], "woken once, before the first event")

    guard case .connection(let socket, from: _) = try listener.accept() else {
      Issue.record("a connection is pending")
      return
    }
    let buffer = ReceiveBuffer(chunkSize: 4, chunks: 2)
    guard case .wouldBlock = try socket.receive(into: buffer) else {
      Issue.record("no data has been sent yet")
      return
    }
    client.send("hello")
    try poller.register(socket.descriptor, as: .init(slot: 1, generation: 0), for: .reading)
    try poller.wait(until: .now + .seconds(10)) { _ in }
    guard case .processed(0..<4) = try socket.receive(into: buffer), buffer.hasFreeChunk,
      case .processed(4..<5) = try socket.receive(into: buffer)
    else {
      Issue.record("five bytes were sent, of which a portion is four")
      return
    }
    #expect(buffer.withBytes(4..<5) { $0[0] } == UInt8(ascii: "o"))
    #expect(!buffer.hasFreeChunk)
    buffer.clear()
    guard case .processed(3) = try socket.send(Array("bye".utf8).span) else {
      Issue.record("three bytes fit")
      return
    }
    #expect(client.receive(3) == "bye")
    client.close()
    try poller.wait(until: .now + .seconds(10)) { _ in }
    guard case .processed(0..<0) = try socket.receive(into: buffer) else {
      Issue.record("the client has ended")
      return
    }
  }

  @Test func `a range beyond the received bytes is a precondition failure`() async {
    await #expect(processExitsWith: .success) {
      let buffer = ReceiveBuffer(chunkSize: 16, chunks: 2)
      buffer.withBytes(0..<0) { _ in }
    }
    await #expect(processExitsWith: .failure) {
      let buffer = ReceiveBuffer(chunkSize: 16, chunks: 2)
      buffer.withBytes(0..<1) { _ in }
    }
  }

  @Test func `a port in use is reported`() throws {
    let first = try Listener(on: try #require(SocketAddress("127.0.0.1:0")), backlog: 1)
    let error = #expect(throws: Errno.self) { _ = try Listener(on: first.address, backlog: 1) }
    #expect(error?.description == "Address already in use")
  }

  @Test func `an event for a reused slot is discarded`() {
    final class Guest {}
    var slots = Slab<Guest>()
    var tokens: [Poller.Token] = []
    let first = slots.insert {
      tokens.append($0); return Guest()
    }
    #expect(slots[tokens[0]] === first)
    slots.remove(tokens[0])
    #expect(slots[tokens[0]] == nil)
    let second = slots.insert {
      tokens.append($0); return Guest()
    }
    #expect(tokens[0].slot == tokens[1].slot)
    #expect(slots[tokens[0]] == nil)
    #expect(slots[tokens[1]] === second)
    slots.remove(tokens[0])
    #expect(slots[tokens[1]] === second)
    #expect(slots.count == 1)
  }

  @Test func `several wakeups are one event, and clearing resets it`() throws {
    let wakeup = try Wakeup()
    let poller = try Poller(batch: 1)
    try poller.register(wakeup.descriptor, as: .init(slot: 0, generation: 0), for: .reading)
    wakeup.wake()
    wakeup.wake()
    var rings = 0
    try poller.wait(until: .now + .seconds(10)) { _ in rings += 1 }
    wakeup.clear()
    try poller.wait(until: .now) { _ in rings += 1 }
    #expect(rings == 1)
  }
}

/// A blocking client of the C library.
struct Client {
  private let descriptor: Int32

  init(to address: SocketAddress) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let descriptor = descriptor
    let result = address.withSocketAddress { connect(descriptor, $0, $1) }
    if result != 0 { throw Errno(rawValue: errno) }
  }

  func send(_ text: String) { _ = Foundation.send(descriptor, text, text.utf8.count, 0) }

  func receive(_ count: Int) -> String {
    var buffer = [UInt8](repeating: 0, count: count)
    let received = recv(descriptor, &buffer, count, Int32(MSG_WAITALL))
    return String(decoding: buffer.prefix(max(0, received)), as: UTF8.self)
  }

  func close() { _ = Foundation.close(descriptor) }
}
