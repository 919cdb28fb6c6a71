import Admission
import Foundation
import Logging
import Rules
import TestSupport
import Testing

@testable import Platform
@testable import WebhookServer

/// A server inside the test process, for configuration that has no command line option.
final class ServerInProcess: ServerUnderTest {
  let certificates: Certificates
  let state = ServerState()
  let port: Int
  private let eventLoopGroup: EventLoopGroup

  init(timeouts: ConnectionTimeouts = ConnectionTimeouts(), budget: ResourceBudget = ResourceBudget()) throws {
    certificates = try Certificates()
    var log = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    log.logLevel = .critical
    let address = try #require(SocketAddress("127.0.0.1:0"))
    let listener = try SharedListener(on: address)
    port = listener.listener.address.port
    let source = CertificateSource(certificate: certificates.certificate, key: certificates.key)
    eventLoopGroup = try EventLoopGroup(
      budget: budget, listeners: [listener], tlsContext: TLSContextStore(try source.read().served().tlsContext),
      handler: RequestHandler(reviewer: Reviewer(ruleset: Ruleset()), state: state, log: log), timeouts: timeouts,
      log: log)
  }

  deinit { eventLoopGroup.broadcast(.stopImmediately) }
}

@Suite struct `Timeouts` {
  /// The timeout that is short, and the data that the peer has sent before it stops.
  static let table: [(phase: String, shorten: @Sendable (inout ConnectionTimeouts) -> Void, sent: String)] = [
    ("idle", { $0.keepAlive = .milliseconds(300) }, ""),
    ("idle after a request", { $0.keepAlive = .milliseconds(300) }, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"),
    ("head", { $0.requestHead = .milliseconds(300) }, "GET /healthz HTTP/1.1\r\nHo"),
    (
      "body", { $0.requestBody = .milliseconds(300) },
      "POST /validate HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{"
    ),
    (
      "chunk", { $0.requestBody = .milliseconds(300) },
      "POST /mutate HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{"
    ),
  ]

  @Test(arguments: table.indices) func `a connection is closed after the timeout of its phase only`(_ row: Int)
    throws
  {
    let (phase, shorten, sent) = Self.table[row]
    var timeouts = ConnectionTimeouts()
    shorten(&timeouts)
    let server = try ServerInProcess(timeouts: timeouts)
    let connection = try server.connect()
    connection.send(sent)
    _ = try connection.exitCode()
    #expect(server.state.metrics.timedOutConnections.current == 1, "\(phase)")
    #expect(server.state.metrics.openConnections == 0, "\(phase)")
  }

  @Test func `an incomplete handshake is closed after its timeout`() throws {
    var timeouts = ConnectionTimeouts()
    timeouts.handshake = .milliseconds(300)
    let server = try ServerInProcess(timeouts: timeouts)
    let silent = try RawSocket(port: server.port)
    let begun = try RawSocket(port: server.port)
    begun.beginHandshake()
    #expect(try silent.receiveUntilClosed() == [])
    #expect(try begun.receiveUntilClosed() == [])
    #expect(server.state.metrics.timedOutConnections.current == 2)
  }

  @Test func `single bytes do not extend a deadline`() throws {
    var timeouts = ConnectionTimeouts()
    timeouts.requestHead = .milliseconds(300)
    let server = try ServerInProcess(timeouts: timeouts)
    let connection = try server.connect()
    // Written as fast as the pipe accepts it, for longer than the timeout: only the server can end the connection.
    let slowWriter = Thread {
      connection.send("GET /healthz HTTP/1.1\r\nHost: x\r\n")
      while (try? connection.output.waitForEnd(within: 0.02)) == nil { connection.send("A: b\r\n") }
    }
    slowWriter.start()
    _ = try connection.exitCode()
    #expect(server.state.metrics.timedOutConnections.current == 1)
  }

  @Test func `a peer that does not read its responses is closed`() throws {
    var timeouts = ConnectionTimeouts()
    timeouts.write = .milliseconds(300)
    let server = try ServerInProcess(timeouts: timeouts)
    let connection = try server.connect(isCaptured: false)
    // More responses than all buffers in between can hold.
    let requests = Thread {
      for _ in 0..<1000 { connection.send(String(repeating: "GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", count: 100)) }
    }
    requests.start()
    let deadline = Date(timeIntervalSinceNow: Program.timeout)
    while server.state.metrics.timedOutConnections.current == 0, Date() < deadline {
      #expect(try server.fetch("/healthz").status == 200)
    }
    #expect(server.state.metrics.timedOutConnections.current == 1)
  }

  @Test func `a slow peer within the timeout is served`() throws {
    let server = try ServerInProcess()
    let connection = try server.connect()
    for piece in ["GET /hea", "lthz HTT", "P/1.1\r\nHost:", " x\r\n\r", "\n"] { connection.send(piece) }
    try connection.output.wait(forText: "ok\n")
    #expect(server.state.metrics.timedOutConnections.current == 0)
  }
}

@Suite struct `Unknown cluster state` {
  @Test func `without facts the server is not ready and reviews are unavailable, not denied`() throws {
    let server = try ServerInProcess()
    let readiness = try server.fetch("/readyz")
    #expect(readiness.status == 503)
    #expect(readiness.body == "not ready\n- the cluster's state is unknown: nothing has been read yet\n")
    #expect(try server.fetch("/healthz").status == 200)

    let response = try server.fetch("/validate", post: ExampleReview.text("update-set-value"))
    let verdict = try Verdict(response)
    #expect(response.status == 200)
    #expect(!verdict.isAllowed)
    #expect(verdict.code == 503)
    #expect(verdict.message?.contains("the cluster's state is unknown: nothing has been read yet") == true)
  }

  @Test(arguments: ["create-empty", "update-status-only"])
  func `changes that are always allowed need no facts`(_ review: String) throws {
    let server = try ServerInProcess()
    #expect(try Verdict(server.fetch("/validate", post: ExampleReview.text(review))) == Verdict(isAllowed: true))
    #expect(try Verdict(server.fetch("/mutate", post: ExampleReview.text(review))) == Verdict(isAllowed: true))
  }

  @Test func `mutation and denial of a deletion need no facts`() throws {
    let server = try ServerInProcess()
    #expect(try Verdict(server.fetch("/validate", post: ExampleReview.text("delete"))).code == 422)
    let same = try Verdict(server.fetch("/mutate", post: ExampleReview.text("update-pretty-printed-same-value")))
    #expect(same.storedAs == #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#)
  }

  @Test func `the server is ready and evaluates reviews when facts are available`() throws {
    let server = try ServerInProcess()
    server.state.facts.publish(ClusterFacts())
    #expect(try server.fetch("/readyz").body == "ready\n")
    // The cluster is empty and has no cluster network; the response is a denial and no longer an error.
    #expect(try Verdict(server.fetch("/validate", post: ExampleReview.text("update-set-value"))).code == 422)
  }
}
