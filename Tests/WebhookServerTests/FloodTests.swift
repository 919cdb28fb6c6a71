import HTTPWire
import TestSupport
import Testing

@testable import WebhookServer

@Suite struct `TLS floods` {
  @Test func `a TLS flood closes its connection and is counted`() throws {
    let server = try ServerInProcess()
    let peer = try HTTPSConnection(port: server.port, server.clientContext)
    // A few are accepted.
    try peer.changeKeys(times: 100)
    #expect(try peer.fetch("/healthz").status == 200)
    #expect(server.state.metrics.limits.what == [:])

    let flood = ServerLimits.maxNonApplicationBytes / 27 + 1
    try? peer.changeKeys(times: flood)
    #expect(try peer.receiveUntilClosed() == "")
    #expect(server.state.metrics.limits.what == ["tls_flood": 1])
  }

  @Test func `records of one byte each are no flood`() throws {
    let server = try ServerInProcess()
    let peer = try HTTPSConnection(port: server.port, server.clientContext)
    let review = try ExampleReview.text("delete")
    let request = HTTPSConnection.request("/validate", post: review)
    for _ in 0..<10 {
      for byte in request.utf8 { try peer.send([byte]) }
      #expect(try peer.receiveResponse().status == 200)
    }
    #expect(server.state.metrics.limits.what == [:])
  }
}

@Suite struct `HTTP/2 floods` {
  /// Few frames per write, and as many as a socket buffers: nghttp2's own limits apply within one read.
  @Test(arguments: Flood.all, [16, 2_000])
  func `an HTTP/2 flood closes its connection and is counted, and an honest client gets every response`(
    _ flood: Flood, turnsAtOnce: UInt32
  ) throws {
    // A reset would discard the server's GOAWAY while the peer still sends.
    var timeouts = ConnectionTimeouts()
    timeouts.linger = .seconds(60)
    let server = try ServerInProcess(timeouts: timeouts)
    let tlsContext = server.clientContext
    let review = try ExampleReview.text("delete")
    let baseline = try HTTPSConnection(port: server.port, tlsContext).fetch("/validate", post: review)
    let honest = SteadyClients(
      clients: 2, port: server.port, tlsContext, path: "/validate", post: review, perConnection: 20
    ) { $0.status == 200 && $0.body == baseline.body }
    let peer = try HTTPSConnection(port: server.port, tlsContext, protocols: ["h2"])
    try Self.sendFlood(flood, turnsAtOnce: turnsAtOnce, into: peer) { try honest.wait(forResponses: 1) }

    // The client has stopped sending, so the server has closed the connection.
    let output = try peer.receiveBytesUntilClosed()
    #expect(output.count < 2 * HTTPLimits.maxOverheadBytes)
    let code = Frame.goAway(in: output)
    let metrics = server.state.metrics
    if flood.breaksProtocol {
      #expect(code != nil && code != 0 && code != Self.enhanceYourCalm)
      #expect(metrics.rejectedRequests.what == ["malformed_frames": 1])
      #expect(metrics.limits.what == [:])
    } else {
      #expect(code == Self.enhanceYourCalm)
      #expect(metrics.rejectedRequests.what == ["http2_flood": 1])
      #expect(metrics.limits.what == ["http2_flood": 1])
    }
    try honest.wait(forResponses: 4)
    let outcome = honest.end()
    #expect(outcome.failures == [])
    #expect(outcome.maxLatency < Program.timeout / 4, "a response took \(outcome.maxLatency) s")
  }

  /// Sends the flood until the server closes the connection, at most twice the limit.
  ///
  /// - Parameter pause: Run several times while sending.
  private static func sendFlood(
    _ flood: Flood, turnsAtOnce: UInt32, into peer: HTTPSConnection, pause: () throws -> Void
  ) throws {
    let most = 2 * HTTPLimits.maxOverheadBytes
    var (sent, turn, pauses) = (0, UInt32(0), 0)
    try peer.send(Frame.preface + flood.before)
    while sent < most {
      if sent >= pauses * most / 8 {
        try pause()
        pauses += 1
      }
      let frames = flood.turns(turnsAtOnce, from: turn)
      guard (try? peer.send(frames)) != nil else { return }
      sent += frames.count
      turn += turnsAtOnce
    }
  }

  /// RFC 9113 section 7.
  static let enhanceYourCalm: UInt8 = 0xB

  @Test func `responses that a client never reads end at the deadline and are counted`() throws {
    var timeouts = ConnectionTimeouts()
    timeouts.write = .milliseconds(300)
    let server = try ServerInProcess(timeouts: timeouts)
    let peer = try HTTPSConnection(port: server.port, server.clientContext, protocols: ["h2"])
    // SETTINGS_INITIAL_WINDOW_SIZE is 0: each response waits for a WINDOW_UPDATE that is never sent.
    let requests = (0..<UInt32(HTTPLimits.streams)).flatMap { Frame.headers(2 * $0 + 1) }
    try peer.send(Frame.preface + Frame.settings([(4, 0)]) + requests)
    #expect(Frame.read(try peer.receiveBytesUntilClosed()).count { $0.type == 0 } == 0)
    #expect(server.state.metrics.limits.what == ["sending_time": 1])
    #expect(try HTTPSConnection(port: server.port, server.clientContext).fetch("/healthz").status == 200)
  }
}

@Suite struct `Rejected requests` {
  @Test func `a rejected request is counted, also after delayed responses`() throws {
    let server = try ServerInProcess()
    let peer = try HTTPSConnection(port: server.port, server.clientContext)
    // The responses are larger than the send buffer, so the last line is read after some have been sent.
    try peer.send(String(repeating: HTTPSConnection.request("/metrics"), count: 40) + "GET /\r\n\r\n")
    let output = try peer.receiveUntilClosed()
    #expect(output.components(separatedBy: "HTTP/1.1 200 OK").count - 1 == 40)
    #expect(output.contains("HTTP/1.1 400 Bad Request"))
    #expect(server.state.metrics.rejectedRequests.what == ["malformed_request_line": 1])
  }
}

extension LabeledCounter {
  /// The value of the counter.
  fileprivate var what: [String: Int] {
    Dictionary(uniqueKeysWithValues: current.filter { $0.count > 0 }.map { ($0.name, $0.count) })
  }
}
