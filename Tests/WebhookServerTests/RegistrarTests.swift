import Foundation
import TestSupport
import Testing

/// The registrar as a process, with a stub of an API server.
@Suite struct `Registrar process` {
  let certificates: Certificates

  init() throws {
    certificates = try Certificates()
  }

  /// Starts it and returns its health port.
  func start(_ server: StubAPIServer, _ options: String...) throws -> (program: Program, port: Int) {
    let kubeconfig = try server.writeKubeconfig(with: certificates)
    let program = try Program(
      Repository.executable,
      [
        "register", "--listen", "127.0.0.1:0", "--kubeconfig", kubeconfig, "--log-format", "json",
      ] + options)
    if options.contains("--once") || options.contains("--test") { return (program, 0) }
    return (program, try LogLine(program.errors.waitForLine(with: #""message":"listening""#)).port)
  }

  func fetch(_ port: Int, _ path: String, _ options: String...) throws -> (status: String, body: String) {
    let run = try Program.run(
      "curl",
      ["--silent", "--noproxy", "*", "--max-time", "20", "--write-out", "\n%{http_code}"] + options
        + ["http://127.0.0.1:\(port)\(path)"])
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false)
    return (String(lines.last ?? ""), lines.dropLast().joined(separator: "\n"))
  }

  static let forbidden: @Sendable (StubAPIServer.Request) -> StubAPIServer.Reply = { request in
    request.isWatch
      ? .stream : .whole(403, #"{"kind":"Status","message":"clusterroles \"x\" is forbidden: User \"y\" cannot get"}"#)
  }

  @Test func `a missing permission is reported at once by log, readiness and metrics`() throws {
    let server = try StubAPIServer(certificates, handler: Self.forbidden)
    let (program, port) = try start(server)
    let line = try program.errors.waitForLine(with: "not registered as desired")
    #expect(line.contains(#""level":"error""#))
    #expect(line.contains("cannot get; apply the manifests of this version"))
    #expect(try fetch(port, "/healthz") == ("200", "ok\n"))
    let ready = try fetch(port, "/readyz")
    #expect(ready.status == "503")
    #expect(ready.body.hasPrefix("not registered as desired\n- clusterroles \"x\" is forbidden"))
    let metrics = try fetch(port, "/metrics").body
    #expect(metrics.contains("\nstorage_network_webhook_registration_up_to_date 0\n"))
    #expect(metrics.contains("\nstorage_network_webhook_registration_matching_info{by=\"unknown\"} 1\n"))
    #expect(try fetch(port, "/validate").status == "404")
    #expect(try fetch(port, "/readyz", "--request", "POST").status == "405")
    #expect(try fetch(port, "/readyz", "--head").status == "503")
    program.signal(SIGTERM)
    #expect(try program.exitCode() == 0)
    #expect(program.errors.lines.count { $0.contains("not registered as desired") } == 1)
  }

  @Test func `a watch event triggers a reconciliation at once`() throws {
    let server = try StubAPIServer(certificates, handler: Self.forbidden)
    let (program, _) = try start(server)
    let secrets = "/api/v1/namespaces/harvester-system/secrets"
    #expect(eventually { server.requests.count { $0.isWatch } == 5 })
    let watched = server.requests.filter(\.isWatch)
    #expect(watched.allSatisfy { $0.path.contains("fieldSelector=metadata.name%3D") })
    func reads() -> Int { server.requests.count { !$0.isWatch } }
    let before = reads()
    let clock = ContinuousClock.now
    server.push(#"{"type":"MODIFIED","object":{}}"# + "\n", to: secrets)
    #expect(eventually { reads() > before })
    #expect(clock.duration(to: .now) < .seconds(5))
    program.signal(SIGTERM)
    #expect(try program.exitCode() == 0)
  }

  @Test(arguments: [false, true]) func `a probe succeeds for a webhook that responds or requests a client certificate`(
    asksForCertificate: Bool
  ) throws {
    let objects = StubObjects()
    let server = try StubAPIServer(certificates) { objects.respond(to: $0) }
    let (first, _) = try start(server, "--once", "--probe-url", "https://127.0.0.1:1")
    #expect(try first.exitCode() == 1)
    let certificate = try #require(try objects.secret("tls.crt"))
    let key = try #require(try objects.secret("tls.key"))
    let webhook = try RunningServer(
      source: ["--cluster-snapshot", Repository.path("manifests/example/cluster.yaml")]
        + (asksForCertificate ? ["--client-ca", certificates.authority] : []),
      prepare: { folder, _ in
        try folder.write(certificate, to: "tls.pem")
        try folder.write(key, to: "tls.key")
      })
    let (second, _) = try start(server, "--once", "--probe-url", webhook.url.replacing("localhost", with: "127.0.0.1"))
    #expect(try second.exitCode() == 0, "\(second.errors.text)")
  }

  static let denials: [(status: Int, message: String, exitCode: Int32, requests: Int, words: String)] = [
    (
      422, #"admission webhook \"storage-network.harvesterhci.io\" denied the request: value.vlan"#, 0, 1,
      "bad value denied"
    ),
    (403, #"User \"y\" cannot patch resource \"settings\""#, 2, 1, "cannot patch"),
    (200, "", 1, 10, "does not call the webhook"),
  ]

  /// The only request of `register --test` is the dry run: it reads nothing and writes nothing.
  @Test(arguments: denials) func `the test of the denial needs nothing but the setting`(
    _ row: (status: Int, message: String, exitCode: Int32, requests: Int, words: String)
  ) throws {
    let server = try StubAPIServer(certificates) { _ in .whole(row.status, #"{"message":"\#(row.message)"}"#) }
    let (program, _) = try start(server, "--test")
    #expect(try program.exitCode() == row.exitCode, "\(program.errors.text)")
    #expect(program.errors.text.contains(row.words), "\(program.errors.text)")
    let path = "/apis/harvesterhci.io/v1beta1/settings/storage-network?dryRun=All"
    #expect(server.requests.map { "\($0.method) \($0.path)" } == Array(repeating: "PATCH \(path)", count: row.requests))
  }

  @Test func `a signal at any moment ends the process without a crash`() throws {
    let server = try StubAPIServer(certificates, handler: Self.forbidden)
    // Each round ends it at another moment of its first exchanges, handshakes included.
    for round in 0..<30 {
      let before = server.requests.count
      let (program, _) = try start(server)
      _ = eventually { server.requests.count >= before + round % 5 }
      program.signal(SIGTERM)
      #expect(try program.exitCode() == 0, "\(program.errors.text)")
    }
  }

  @Test func `idle clients do not block others`() throws {
    let server = try StubAPIServer(certificates, handler: Self.forbidden)
    let (program, port) = try start(server)
    let idle = try (0..<200).map { _ in try HTTPSConnection.connect(port: port) }
    defer { for socket in idle { close(socket) } }
    for _ in 0..<3 { #expect(try fetch(port, "/healthz").status == "200") }
    program.signal(SIGTERM)
    #expect(try program.exitCode() == 0)
  }

  @Test(arguments: [
    (["--listen", "nonsense"], "must be an address and a port"),
    (["--listen", "203.0.113.1:1"], "Cannot assign requested address; no interface of this machine has that address"),
    (["--service-port", "0"], "between 1 and 65535"),
    (["--test", "--rotate-ca"], "--test with --rotate-ca needs --once"),
    (["--certificates", "external", "--rotate-ca"], "needs --certificates self"),
    (["--certificates", "x"], "external"),
  ]) func `an invalid option is reported`(options: [String], words: String) throws {
    let kubeconfig = try StubAPIServer(certificates) { .list(for: $0) }.writeKubeconfig(with: certificates)
    let run = try Program.run(
      Repository.executable, ["register", "--kubeconfig", kubeconfig] + options)
    #expect(run.exitCode == 2)
    #expect(run.errors.contains(words), "\(run.errors)")
  }
}
