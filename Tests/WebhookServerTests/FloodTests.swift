import HTTPWire
import TestSupport
import Testing

@testable import WebhookServer

@Suite struct `A flood of TLS messages` {
  @Test func `ends its connection and is counted`() throws {
    let server = try ServerInProcess()
    let peer = try HTTPSConnection(port: server.port, server.clientContext)
    // A few are nothing to complain about.
    try peer.changeKeys(times: 100)
    #expect(try peer.ask("/healthz").status == 200)
    #expect(server.state.metrics.limits.what == [:])

    let flood = ServerLimits.maxNonApplicationBytes / 27 + 1
    try? peer.changeKeys(times: flood)
    #expect(try peer.receiveUntilClosed() == "")
    #expect(server.state.metrics.limits.what == ["tls_flood": 1])
  }

  @Test func `is not seen in records of a byte each`() throws {
    let server = try ServerInProcess()
    let peer = try HTTPSConnection(port: server.port, server.clientContext)
    let review = try ExampleReview.text("delete")
    let request = HTTPSConnection.request("/validate", post: review)
    for _ in 0..<10 {
      for byte in request.utf8 { try peer.send([byte]) }
      #expect(try peer.receiveAnswer().status == 200)
    }
    #expect(server.state.metrics.limits.what == [:])
  }
}

@Suite struct `A flood over HTTP/2` {
  /// Frames a few at a time, and as many as a socket holds: nghttp2's own limits count within what is read at once.
  @Test(arguments: Flood.all, [16, 2_000])
  func `ends its connection and is counted, and an honest client on the side gets every answer`(
    _ flood: Flood, turnsAtOnce: UInt32
  ) throws {
    // A reset would take the server's last words from a peer that is still pouring.
    var timeouts = ConnectionTimeouts()
    timeouts.linger = .seconds(60)
    let server = try ServerInProcess(timeouts: timeouts)
    let tlsContext = server.clientContext
    let review = try ExampleReview.text("delete")
    let calm = try HTTPSConnection(port: server.port, tlsContext).ask("/validate", post: review)
    let honest = SteadyClients(
      clients: 2, port: server.port, tlsContext, path: "/validate", post: review, perConnection: 20
    ) { $0.status == 200 && $0.body == calm.body }
    let peer = try HTTPSConnection(port: server.port, tlsContext, protocols: ["h2"])
    try Self.pour(flood, turnsAtOnce: turnsAtOnce, into: peer) { try honest.wait(forAnswers: 1) }

    // It waits for more now, so who ends this is the server.
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
    try honest.wait(forAnswers: 4)
    let outcome = honest.end()
    #expect(outcome.failures == [])
    #expect(outcome.slowest < Program.timeout / 4, "an answer took \(outcome.slowest) s")
  }

  /// Sends the flood until the server takes no more of it, at most twice what it may take.
  ///
  /// - Parameter pause: Done some times in the middle of it.
  private static func pour(
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

  @Test func `of answers that there is never room for ends at the deadline, and that is counted too`() throws {
    var timeouts = ConnectionTimeouts()
    timeouts.write = .milliseconds(300)
    let server = try ServerInProcess(timeouts: timeouts)
    let peer = try HTTPSConnection(port: server.port, server.clientContext, protocols: ["h2"])
    // SETTINGS_INITIAL_WINDOW_SIZE is 0: each answer waits for a WINDOW_UPDATE that never comes.
    let requests = (0..<UInt32(HTTPLimits.streams)).flatMap { Frame.headers(2 * $0 + 1) }
    try peer.send(Frame.preface + Frame.settings([(4, 0)]) + requests)
    #expect(Frame.read(try peer.receiveBytesUntilClosed()).count { $0.type == 0 } == 0)
    #expect(server.state.metrics.limits.what == ["sending_time": 1])
    #expect(try HTTPSConnection(port: server.port, server.clientContext).ask("/healthz").status == 200)
  }
}

@Suite struct `What is no request` {
  @Test func `is counted, behind answers that had to wait for their reader too`() throws {
    let server = try ServerInProcess()
    let peer = try HTTPSConnection(port: server.port, server.clientContext)
    // The answers are far more than may wait, so the last line is read when they have been taken.
    try peer.send(String(repeating: HTTPSConnection.request("/metrics"), count: 40) + "GET /\r\n\r\n")
    let output = try peer.receiveUntilClosed()
    #expect(output.components(separatedBy: "HTTP/1.1 200 OK").count - 1 == 40)
    #expect(output.contains("HTTP/1.1 400 Bad Request"))
    #expect(server.state.metrics.rejectedRequests.what == ["malformed_request_line": 1])
  }
}

extension LabeledCounter {
  /// What was counted at all.
  fileprivate var what: [String: Int] {
    Dictionary(uniqueKeysWithValues: current.filter { $0.count > 0 }.map { ($0.name, $0.count) })
  }
}
