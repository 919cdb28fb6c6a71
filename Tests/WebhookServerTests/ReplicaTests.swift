import Foundation
import TestSupport
import Testing

@Suite struct `Two replicas behind a load balancer` {
  let certificates: Certificates
  let first: RunningServer
  let second: RunningServer
  let balancer: Balancer
  let tlsContext: ClientContext

  init() throws {
    certificates = try Certificates()
    first = try RunningServer("--drain-delay", "2", certificates: certificates)
    second = try RunningServer("--drain-delay", "2", certificates: certificates)
    balancer = try Balancer()
    balancer.use([first.port, second.port])
    tlsContext = ClientContext(authority: certificates.authority)
  }

  static let clients = 8

  func load() throws -> SteadyClients {
    SteadyClients(
      clients: Self.clients, port: balancer.port, tlsContext, path: "/validate",
      post: try ExampleReview.text("update-set-value")
    ) { $0.status == 200 && $0.body.contains(#""allowed":true"#) }
  }

  func answers(of server: RunningServer) throws -> Int {
    let line = try server.ask("/metrics").body.split(separator: "\n").first {
      $0.hasPrefix(
        #"storage_network_webhook_reviews_total{webhook="validate",operation="UPDATE",verdict="allowed"}"#)
    }
    return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
  }

  @Test func `one is stopped under full load, and not one request fails`() throws {
    let load = try load()
    try load.wait(forAnswers: 200)
    #expect(try answers(of: first) > 0)
    #expect(try answers(of: second) > 0)
    first.program.signal(SIGTERM)
    // As a Service does when the probe fails.
    #expect(eventually { (try? first.ask("/readyz").status) == 503 })
    balancer.use([second.port])
    #expect(try first.program.exitCode() == 0)
    #expect(!first.log.text.contains("connections were still open"))
    try load.wait(forAnswers: 100)
    let outcome = load.end()
    #expect(outcome.failures == [])
    #expect(outcome.connections > Self.clients, "whoever was with the first was told to come anew")
  }

  @Test func `one is killed, and only what was in flight on it fails`() throws {
    let load = try load()
    try load.wait(forAnswers: 200)
    first.program.signal(SIGKILL)
    #expect(try first.program.exitCode() == -SIGKILL)
    try load.wait(forAnswers: 200)
    let again = try RunningServer(certificates: certificates)
    balancer.use([again.port, second.port])
    // Newcomers find it.
    #expect(try HTTPSConnection(port: balancer.port, tlsContext).ask("/healthz").status == 200)
    #expect(try HTTPSConnection(port: balancer.port, tlsContext).ask("/healthz").status == 200)
    try load.wait(forAnswers: 100)
    let outcome = load.end()
    // Nobody has more than one request in flight.
    #expect(outcome.failures.count <= Self.clients, "\(outcome.failures)")
    #expect(outcome.failures.allSatisfy { $0.hasPrefix("closed") }, "\(outcome.failures)")
  }
}

@Suite struct `A client of HTTP/2, when the server stops soon` {
  @Test func `is told to go elsewhere, and loses nothing`() throws {
    let server = try RunningServer("--drain-delay", "600")
    try server.folder.write(ExampleReview.text("update-set-value"), to: "review.json")
    // One request after the other on one connection; when it is told to go, curl opens another one.
    let client = try Program(
      "stdbuf",
      [
        "--output=L", "curl", "--silent", "--http2", "--cacert", server.certificates.authority, "--header",
        "Content-Type: application/json", "--data-binary", "@\(server.folder.path("review.json"))", "--write-out",
        "%{http_code} %{num_connects}\\n", "--output", "/dev/null", "\(server.url)/validate?[1-1000000]",
      ])
    try client.output.wait(forText: "200 1\n200 0\n")
    server.program.signal(SIGTERM)
    try server.log.waitForLine(with: #""message":"stopping""#)
    // It came anew more than once, and was served each time.
    try client.output.waitForLine(with: "200 1", after: 3)
    client.signal(SIGKILL)
    _ = try client.exitCode()
    let lines = client.output.text.split(separator: "\n").dropLast()
    #expect(lines.allSatisfy { $0.hasPrefix("200 ") }, "\(lines.filter { !$0.hasPrefix("200 ") })")
    server.program.signal(SIGTERM)
    #expect(try server.program.exitCode() == 0)
  }
}
