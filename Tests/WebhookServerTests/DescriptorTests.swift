import Foundation
import TestSupport
import Testing

@Suite struct `Descriptor exhaustion` {
  @Test func `connections are evicted before descriptors run out`() throws {
    let server = try RunningServer(descriptors: 90)
    let tlsContext = ClientContext(authority: server.certificates.authority)
    var openConnections: [HTTPSConnection] = []
    for _ in 0..<120 { openConnections.append(try HTTPSConnection(port: server.port, tlsContext)) }
    let metrics = try server.fetch("/metrics").body
    #expect(!metrics.contains("connections_evicted_total 0\n"), "\(metrics)")
    #expect(metrics.contains("accept_pauses_total 0\n"))
    #expect(try server.validate(ExampleReview.text("update-set-value")).isAllowed)
  }

  @Test func `received requests get responses before a connection is evicted`() throws {
    let server = try RunningServer(descriptors: 90)
    let tlsContext = ClientContext(authority: server.certificates.authority)
    let budget = try LogLine(server.log.waitForLine(with: #""message":"connection limits are low"#)).fields[
      "connections"]
    let openConnections = try (0..<(try #require(budget.flatMap { Int($0) }))).map { _ in
      try HTTPSConnection(port: server.port, tlsContext)
    }
    for client in openConnections { #expect(try client.fetch("/healthz").status == 200) }
    // From here on the server gets events.
    server.program.signal(SIGSTOP)
    try #require(eventually { server.program.isStopped })
    let newClient = try RawSocket(port: server.port)
    for client in openConnections { try client.send(HTTPSConnection.request("/healthz")) }
    server.program.signal(SIGCONT)
    for client in openConnections { #expect(try client.receiveResponse().status == 200) }
    #expect(try HTTPSConnection(port: server.port, tlsContext).fetch("/healthz").status == 200)
    newClient.beginHandshake()
  }

  @Test func `accepting pauses without free descriptors and resumes with them`() throws {
    let server = try RunningServer()
    let tlsContext = ClientContext(authority: server.certificates.authority)
    let calm = try HTTPSConnection(port: server.port, tlsContext)
    #expect(try calm.fetch("/healthz").status == 200)
    // Lowers the limit below what the server has been started with.
    let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(server.program.identifier)/fd")
    let numbers = Set(open.compactMap { Int($0) })
    let next = (0...).first { !numbers.contains($0) } ?? 0
    let process = "--pid=\(server.program.identifier)"
    try #require(try Program.run("prlimit", [process, "--nofile=\(next):"]).exitCode == 0)
    let waiting = SteadyClients(clients: 4, port: server.port, tlsContext, path: "/healthz", perConnection: 1) {
      $0.status == 200
    }
    let line = try LogLine(server.log.waitForLine(with: "accept failed, trying again"))
    #expect(line.fields["reason"] == "Too many open files (ulimit -n)")
    // The event loop does not busy-wait, and open connections are still served.
    for _ in 0..<10 { #expect(try calm.fetch("/readyz").status == 200) }
    try #require(try Program.run("prlimit", [process, "--nofile=\(next + 100):"]).exitCode == 0)
    try waiting.wait(forResponses: 8)
    let outcome = waiting.end()
    #expect(outcome.failures == [])
    #expect(!(try server.fetch("/metrics").body.contains("accept_pauses_total 0\n")))
  }
}
