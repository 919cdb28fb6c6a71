import Foundation
import HTTPWire
import TestSupport
import Testing

@testable import WebhookServer

extension ServerInProcess {
  var clientContext: ClientContext { ClientContext(authority: certificates.authority) }
}

@Suite struct `Connection limit` {
  static func budget(_ connections: Int) -> ResourceBudget {
    var budget = ResourceBudget()
    (budget.maxConnectionsPerLoop, budget.maxConnections) = (connections, connections)
    return budget
  }

  /// The kinds of floods: each connection stays open and sends only this.
  static let floods: [(name: String, open: @Sendable (Int, ClientContext) throws -> AnyObject)] = [
    ("idle TCP connections", { port, _ in try RawSocket(port: port) }),
    (
      "incomplete handshakes",
      { port, _ in
        let socket = try RawSocket(port: port)
        socket.beginHandshake()
        return socket
      }
    ),
    ("TLS connections without a request", { port, tlsContext in try HTTPSConnection(port: port, tlsContext) }),
    (
      "idle connections after one request",
      { port, tlsContext in
        let connection = try HTTPSConnection(port: port, tlsContext)
        _ = try connection.fetch("/healthz")
        return connection
      }
    ),
  ]

  @Test(arguments: floods.indices) func `inactive connections are evicted and new ones served`(_ flood: Int) throws {
    let server = try ServerInProcess(budget: Self.budget(16))
    let tlsContext = server.clientContext
    var openConnections: [AnyObject] = []
    for number in 0..<80 {
      openConnections.append(try Self.floods[flood].open(server.port, tlsContext))
      // As the API server does: requests over new connections during the flood.
      if number % 8 == 7 { #expect(try HTTPSConnection(port: server.port, tlsContext).fetch("/healthz").status == 200) }
    }
    #expect(server.state.metrics.evictedConnections >= 80 - 16)
    #expect(server.state.metrics.openConnections <= 16)
    #expect(server.state.metrics.timedOutConnections.current == 0)
    #expect(openConnections.count == 80)
  }

  @Test func `an active connection survives a flood`() throws {
    let server = try ServerInProcess(budget: Self.budget(16))
    let tlsContext = server.clientContext
    let calm = try HTTPSConnection(port: server.port, tlsContext)
    var openConnections: [HTTPSConnection] = []
    for _ in 0..<60 {
      openConnections.append(try HTTPSConnection(port: server.port, tlsContext))
      #expect(try calm.fetch("/healthz").status == 200)
    }
    #expect(server.state.metrics.evictedConnections > 0)
  }

  @Test func `a connection that has sent a request survives a flood of silent ones`() throws {
    let server = try ServerInProcess(budget: Self.budget(16))
    let calm = try HTTPSConnection(port: server.port, server.clientContext)
    #expect(try calm.fetch("/healthz").status == 200)
    let openConnections = try (0..<80).map { _ in try RawSocket(port: server.port) }
    #expect(eventually { server.state.metrics.evictedConnections >= 80 - 16 })
    #expect(try calm.fetch("/healthz").status == 200)
    #expect(openConnections.count == 80)
  }

  @Test func `incomplete handshakes are limited separately from connections`() throws {
    var budget = Self.budget(64)
    budget.maxHandshakesPerLoop = 8
    let server = try ServerInProcess(budget: budget)
    let tlsContext = server.clientContext
    let calm = try HTTPSConnection(port: server.port, tlsContext)
    #expect(try calm.fetch("/healthz").status == 200)
    let openConnections = try (0..<40).map { _ in try RawSocket(port: server.port) }
    #expect(eventually { server.state.metrics.evictedConnections >= 40 - 8 })
    #expect(server.state.metrics.openConnections <= 9)
    #expect(server.state.metrics.limits.current.contains { $0.name == "handshakes" && $0.count > 0 })
    #expect(try HTTPSConnection(port: server.port, tlsContext).fetch("/healthz").status == 200)
    #expect(try calm.fetch("/healthz").status == 200)
    #expect(openConnections.count == 40)
  }

  @Test func `slow requests are evicted last`() throws {
    var timeouts = ConnectionTimeouts()
    (timeouts.activeEvictionAge, timeouts.slowRequestThreshold) = (.seconds(600), .milliseconds(100))
    let server = try ServerInProcess(timeouts: timeouts, budget: Self.budget(4))
    let tlsContext = server.clientContext
    let busy = try (0..<4).map { _ in
      let connection = try HTTPSConnection(port: server.port, tlsContext)
      try connection.send("POST /validate HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
      #expect(try connection.receiveResponse().status == 100)
      return connection
    }
    // No client has exceeded its share of memory, and no timeout has passed.
    #expect(try HTTPSConnection(port: server.port, tlsContext).fetch("/healthz").status == 200)
    #expect(server.state.metrics.evictedConnections == 1)
    #expect(server.state.metrics.timedOutConnections.current == 0)
    #expect(busy.count == 4)
  }

  @Test func `a new connection waits while all others are busy`() throws {
    var timeouts = ConnectionTimeouts()
    (timeouts.activeEvictionAge, timeouts.slowRequestThreshold) = (.seconds(600), .seconds(600))
    let server = try ServerInProcess(timeouts: timeouts, budget: Self.budget(4))
    let tlsContext = server.clientContext
    let review = try ExampleReview.text("delete")
    let head =
      "POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
      + "Content-Length: \(review.utf8.count)\r\n\r\n"
    let busy = try (0..<4).map { _ in try HTTPSConnection(port: server.port, tlsContext) }
    for connection in busy {
      try connection.send(head)
      // So the server has read it.
      #expect(try connection.receiveResponse().status == 100)
    }
    let newClient = SteadyClients(clients: 1, port: server.port, tlsContext, path: "/healthz", perConnection: 1) {
      $0.status == 200
    }
    #expect(eventually { server.state.metrics.acceptPauses > 0 })
    // Only idle connections were closed: each pending request gets its response.
    for connection in busy {
      try connection.send(review)
      #expect(try connection.receiveResponse().status == 200)
    }
    try newClient.wait(forResponses: 1)
    #expect(newClient.end().failures == [])
  }
}

@Suite struct `Memory budget of large requests` {
  /// - Parameter stallTimeout: How long a client may use scarce memory.
  static func server(stallTimeout: Duration = .seconds(600)) throws -> ServerInProcess {
    var budget = ResourceBudget()
    budget.maxInFlightBytesPerLoop = 1_000_000
    var timeouts = ConnectionTimeouts()
    timeouts.slowRequestThreshold = stallTimeout
    return try ServerInProcess(timeouts: timeouts, budget: budget)
  }

  /// Clients that send most of a large body and then nothing, until the server uses a given amount of memory.
  private static func memoryHolders(
    _ count: Int = 2, of bytes: Int, of server: ServerInProcess
  ) throws -> [HTTPSConnection] {
    try (1...count).map { number in
      let holder = try HTTPSConnection(port: server.port, server.clientContext)
      try holder.send(
        "POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
          + "Content-Length: \(bytes / count + 150_000)\r\n\r\n")
      try holder.send([UInt8](repeating: 0x20, count: bytes / count))
      #expect(eventually { server.state.metrics.bytesInFlight >= number * bytes / count })
      return holder
    }
  }

  @Test(arguments: ["length", "chunks", "HTTP/2"])
  func `an exhausted memory budget rejects a large body and accepts a small one`(_ way: String) throws {
    let server = try Self.server()
    let memoryHolders = try Self.memoryHolders(of: 900_000, of: server)

    let large = String(repeating: " ", count: 3_000_000)
    let options = [way == "HTTP/2" ? "--http2" : "--http1.1", "--header", "Expect:"]
    if way == "HTTP/2" {
      // Not by curl, which does not show a response that arrives before the request has been sent.
      let folder = try TemporaryFolder()
      try folder.write(large, to: "body")
      let run = try Program.run(
        "h2load", ["--requests=1", "--data=\(folder.path("body"))", "https://127.0.0.1:\(server.port)/validate"])
      #expect(run.output.contains("0 2xx, 0 3xx, 0 4xx, 1 5xx"), "\(run.output)")
    } else {
      let refused = try server.fetch(
        "/validate", post: large, options + (way == "chunks" ? ["--header", "Transfer-Encoding: chunked"] : []))
      #expect(refused.status == 503)
      #expect(refused.error == "request memory is exhausted; try again later")
      #expect(refused.headers["connection"] == "close")
    }
    #expect(server.state.metrics.memoryRejections == 1)
    #expect(server.state.metrics.bytesInFlight < 1_000_000)
    #expect(try server.fetch("/validate", post: ExampleReview.text("delete"), options).status == 200)

    // Memory that has been freed can be used again.
    for holder in memoryHolders { holder.endSending() }
    #expect(eventually { server.state.metrics.bytesInFlight == 0 })
    let fitting = String(repeating: " ", count: 900_000)
    #expect(try server.fetch("/validate", post: fitting, options).status == 400, "read, and no JSON")
  }

  @Test(arguments: [1, 2])
  func `the slowest holders of memory are evicted first`(_ count: Int) throws {
    let server = try Self.server(stallTimeout: .seconds(1))
    // All the memory but less than the first part of the next body.
    let memoryHolders = try Self.memoryHolders(count, of: 980_000, of: server)
    let honest = try HTTPSConnection(port: server.port, server.clientContext)
    // They use it for too long, and send nothing.
    let slow = Date(timeIntervalSinceNow: 1.2)
    #expect(eventually { Date() > slow })
    let large = String(repeating: " ", count: 250_000)
    #expect(try honest.fetch("/validate", post: large).status == 400, "the body is read and is not JSON")
    #expect(server.state.metrics.evictedConnections == 1)
    #expect(server.state.metrics.memoryRejections == 0)
    #expect(server.state.metrics.limits.current.contains { $0.name == "memory" && $0.count == 1 })
    if count == 1 { return }
    // The other client may continue.
    try memoryHolders[1].send([UInt8](repeating: 0x20, count: 150_000))
    #expect(try memoryHolders[1].receiveResponse().status == 400)
  }

  @Test func `memory is released when a connection starts to close`() throws {
    var (budget, timeouts) = (ResourceBudget(), ConnectionTimeouts())
    budget.maxInFlightBytesPerLoop = 1_000_000
    timeouts.linger = .seconds(600)
    let server = try ServerInProcess(timeouts: timeouts, budget: budget)
    let memoryHolders = try Self.memoryHolders(1, of: 900_000, of: server)
    memoryHolders[0].sendGarbage()
    #expect(eventually { server.state.metrics.bytesInFlight == 0 })
    #expect(server.state.metrics.openConnections == memoryHolders.count)
  }

  @Test func `unread responses are counted and their connections evicted`() throws {
    let server = try Self.server()
    let tlsContext = server.clientContext
    // Each client requests far more than the socket buffers hold, and reads nothing.
    let request = HTTPSConnection.request("/metrics")
    var readers: [HTTPSConnection] = []
    for _ in 0..<80 {
      let reader = try HTTPSConnection(port: server.port, tlsContext, blocksOnSend: false)
      try? reader.send(String(repeating: request, count: 4_000))
      readers.append(reader)
    }
    #expect(eventually { server.state.metrics.memoryRejections > 0 })
    #expect(server.state.metrics.bytesInFlight <= 1_000_000)
    #expect(try server.fetch("/healthz").status == 200)
  }
}

@Suite struct `Slow and hostile peers` {
  /// The data that each client has sent before it stops. All of them read only the TLS handshake.
  static let behaviors: [(name: String, begin: @Sendable (Int, ClientContext) throws -> AnyObject)] = [
    ("sends nothing", { port, _ in try RawSocket(port: port) }),
    (
      "stops during the handshake",
      { port, _ in
        let socket = try RawSocket(port: port)
        socket.beginHandshake()
        return socket
      }
    ),
    ("sends no request", { port, tlsContext in try HTTPSConnection(port: port, tlsContext) }),
    ("sends half a head", { try sending("GET /healthz HTTP/1.1\r\nHo", $0, $1) }),
    (
      "sends half a body",
      { try sending("POST /validate HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\n{", $0, $1) }
    ),
    (
      "reads no responses",
      { try sending(String(repeating: HTTPSConnection.request("/metrics"), count: 3_000), $0, $1) }
    ),
    (
      "has closed its sending half",
      { port, tlsContext in
        let connection = try HTTPSConnection(port: port, tlsContext)
        try connection.send("POST /validate HTTP/1.1\r\nHost: x\r\nContent-Length: 90\r\n\r\n{")
        connection.endSending()
        return connection
      }
    ),
  ]

  private static func sending(_ text: String, _ port: Int, _ tlsContext: ClientContext) throws -> AnyObject {
    let connection = try HTTPSConnection(port: port, tlsContext, blocksOnSend: false)
    try? connection.send(text)
    return connection
  }

  @Test func `slow and hostile peers are closed in limited time, and an honest client gets every response`() throws {
    var timeouts = ConnectionTimeouts()
    let short: Duration = .seconds(4)
    (timeouts.handshake, timeouts.keepAlive, timeouts.requestHead, timeouts.requestBody, timeouts.write) =
      (short, short, short, short, short)
    let server = try ServerInProcess(timeouts: timeouts)
    let tlsContext = server.clientContext
    let honest = SteadyClients(
      clients: 2, port: server.port, tlsContext, path: "/validate", post: try ExampleReview.text("delete"),
      perConnection: 20
    ) { $0.status == 200 }
    try honest.wait(forResponses: 10)
    var openConnections: [AnyObject] = []
    for _ in 0..<8 {
      for behavior in Self.behaviors { openConnections.append(try behavior.begin(server.port, tlsContext)) }
    }
    try honest.wait(forResponses: 50)
    // All except those that have closed their sending half, whose connections are closed at once.
    let expired = 8 * (Self.behaviors.count - 1)
    #expect(eventually { server.state.metrics.timedOutConnections.current >= expired })
    let outcome = honest.end()
    #expect(outcome.failures == [])
    #expect(outcome.maxLatency < 4, "a response took \(outcome.maxLatency) s")
    #expect(server.state.metrics.timedOutConnections.current == expired)
    #expect(eventually { server.state.metrics.openConnections == 0 })
    #expect(openConnections.count == 8 * Self.behaviors.count)
    #expect(eventually { server.state.metrics.bytesInFlight == 0 })
  }

  @Test func `a peer that half-closes after a request gets its response`() throws {
    let server = try ServerInProcess()
    let connection = try HTTPSConnection(port: server.port, server.clientContext)
    try connection.send(HTTPSConnection.request("/healthz"))
    connection.endSending()
    #expect(try connection.receiveResponse().body == "ok\n")
    #expect(try connection.receiveUntilClosed() == "")
  }

  @Test(arguments: ["TCP", "TLS"])
  func `a peer that half-closes after many requests gets every response`(_ layer: String) throws {
    let server = try ServerInProcess()
    let tlsContext = server.clientContext
    let connection = try HTTPSConnection(port: server.port, tlsContext)
    let count = 100
    // Far more than the send buffer holds.
    try connection.send(String(repeating: HTTPSConnection.request("/metrics"), count: count))
    if layer == "TCP" { connection.endSending() } else { try connection.sendCloseNotify() }
    #expect(try HTTPSConnection(port: server.port, tlsContext).fetch("/healthz").status == 200)
    let responses = try connection.receiveUntilClosed()
    #expect(responses.utf8.count > 10 * HTTPLimits.maxBufferedOutput)
    #expect(responses.components(separatedBy: "HTTP/1.1 200 OK").count == count + 1)
  }

  @Test func `a flood of handshakes does not delay an honest client`() throws {
    let server = try ServerInProcess()
    let tlsContext = server.clientContext
    let honest = SteadyClients(clients: 1, port: server.port, tlsContext, path: "/healthz") { $0.status == 200 }
    let flood = SteadyClients(clients: 8, port: server.port, tlsContext, path: "/healthz", perConnection: 1) {
      $0.status == 200
    }
    try flood.wait(forResponses: 400)
    let outcome = honest.end()
    #expect(outcome.failures == [] && outcome.connections == 1)
    #expect(outcome.maxLatency < 4, "a response took \(outcome.maxLatency) s")
    #expect(flood.end().failures == [])
  }
}
