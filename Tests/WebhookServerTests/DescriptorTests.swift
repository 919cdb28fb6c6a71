import Foundation
import TestSupport
import Testing

@Suite struct `A server with few descriptors` {
  @Test func `sheds before it runs out of them`() throws {
    let server = try RunningServer(descriptors: 90)
    let tlsContext = ClientContext(authority: server.certificates.authority)
    var crowd: [HTTPSConnection] = []
    for _ in 0..<120 { crowd.append(try HTTPSConnection(port: server.port, tlsContext)) }
    let metrics = try server.ask("/metrics").body
    #expect(!metrics.contains("connections_evicted_total 0\n"), "\(metrics)")
    #expect(metrics.contains("accept_pauses_total 0\n"))
    #expect(try server.validate(ExampleReview.text("update-set-value")).isAllowed)
  }

  @Test func `answers all who have asked before it lets somebody go for a newcomer`() throws {
    let server = try RunningServer(descriptors: 90)
    let tlsContext = ClientContext(authority: server.certificates.authority)
    let budget = try LogLine(server.log.waitForLine(with: #""message":"connection limits are low"#)).fields[
      "connections"]
    let crowd = try (0..<(try #require(budget.flatMap { Int($0) }))).map { _ in
      try HTTPSConnection(port: server.port, tlsContext)
    }
    for client in crowd { #expect(try client.ask("/healthz").status == 200) }
    // What comes now, the server learns at once.
    server.program.signal(SIGSTOP)
    try #require(eventually { server.program.isStopped })
    let newcomer = try RawSocket(port: server.port)
    for client in crowd { try client.send(HTTPSConnection.request("/healthz")) }
    server.program.signal(SIGCONT)
    for client in crowd { #expect(try client.receiveAnswer().status == 200) }
    #expect(try HTTPSConnection(port: server.port, tlsContext).ask("/healthz").status == 200)
    newcomer.beginHandshake()
  }

  @Test func `pauses accepting when there are none, and goes on when there are`() throws {
    let server = try RunningServer()
    let tlsContext = ClientContext(authority: server.certificates.authority)
    let calm = try HTTPSConnection(port: server.port, tlsContext)
    #expect(try calm.ask("/healthz").status == 200)
    // Somebody takes away what the server was promised.
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
    // The loop does not turn idly, and whoever is there is served.
    for _ in 0..<10 { #expect(try calm.ask("/readyz").status == 200) }
    try #require(try Program.run("prlimit", [process, "--nofile=\(next + 100):"]).exitCode == 0)
    try waiting.wait(forAnswers: 8)
    let outcome = waiting.end()
    #expect(outcome.failures == [])
    #expect(!(try server.ask("/metrics").body.contains("accept_pauses_total 0\n")))
  }
}
