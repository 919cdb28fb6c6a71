import Foundation
import TestSupport
import Testing

@Suite struct `Replicas behind a load balancer` {
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

  func responseCount(of server: RunningServer) throws -> Int {
    let line = try server.fetch("/metrics").body.split(separator: "\n").first {
      $0.hasPrefix(
        #"storage_network_webhook_reviews_total{webhook="validate",operation="UPDATE",verdict="allowed"}"#)
    }
    return line?.split(separator: " ").last.flatMap { Int($0) } ?? 0
  }

  @Test func `no request fails when one replica is stopped under load`() throws {
    let load = try load()
    try load.wait(forResponses: 200)
    #expect(try responseCount(of: first) > 0)
    #expect(try responseCount(of: second) > 0)
    first.program.signal(SIGTERM)
    // As a Service does when the readiness probe fails.
    #expect(eventually { (try? first.fetch("/readyz").status) == 503 })
    balancer.use([second.port])
    #expect(try first.program.exitCode() == 0)
    #expect(!first.log.text.contains("connections were still open"))
    try load.wait(forResponses: 100)
    let outcome = load.end()
    #expect(outcome.failures == [])
    #expect(outcome.connections > Self.clients, "clients of the first server reconnect")
  }

  @Test func `only requests in flight fail when one replica is killed`() throws {
    let load = try load()
    try load.wait(forResponses: 200)
    first.program.signal(SIGKILL)
    #expect(try first.program.exitCode() == -SIGKILL)
    try load.wait(forResponses: 200)
    let again = try RunningServer(certificates: certificates)
    balancer.use([again.port, second.port])
    // New connections reach it.
    #expect(try HTTPSConnection(port: balancer.port, tlsContext).fetch("/healthz").status == 200)
    #expect(try HTTPSConnection(port: balancer.port, tlsContext).fetch("/healthz").status == 200)
    try load.wait(forResponses: 100)
    let outcome = load.end()
    // Every client has at most one request in flight.
    #expect(outcome.failures.count <= Self.clients, "\(outcome.failures)")
    #expect(outcome.failures.allSatisfy { $0.hasPrefix("closed") }, "\(outcome.failures)")
  }
}

@Suite struct `HTTP/2 client of a draining server` {
  @Test func `an HTTP/2 client gets GOAWAY and loses no request`() throws {
    let server = try RunningServer("--drain-delay", "600")
    try server.folder.write(ExampleReview.text("update-set-value"), to: "review.json")
    // One request after the other on one connection; curl reconnects when the server closes it.
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
    // It has reconnected more than once, and each request was served.
    try client.output.waitForLine(with: "200 1", after: 3)
    client.signal(SIGKILL)
    _ = try client.exitCode()
    let lines = client.output.text.split(separator: "\n").dropLast()
    #expect(lines.allSatisfy { $0.hasPrefix("200 ") }, "\(lines.filter { !$0.hasPrefix("200 ") })")
    server.program.signal(SIGTERM)
    #expect(try server.program.exitCode() == 0)
  }
}
