import Foundation
import TestSupport
import Testing

@Suite struct `Files that change under a running server` {
  static let machine = """
    ---
    apiVersion: kubevirt.io/v1
    kind: VirtualMachineInstance
    metadata: {name: web-1, namespace: default}
    status: {phase: Running}

    """

  @Test func `a changed snapshot counts within a second`() throws {
    let server = try RunningServer()
    let review = try ExampleReview.text("update-set-value")
    let idle = try Repository.text("manifests/example/cluster.yaml")
    #expect(try server.validate(review).isAllowed)
    // The quickest of three, because this machine may be busy with other things.
    var waits: [Duration] = []
    for attempt in 0..<3 {
      let isRunning = attempt % 2 == 0
      let wait = try ContinuousClock().measure {
        try server.folder.write(isRunning ? idle + Self.machine : idle, to: "cluster.yaml")
        try server.log.waitForLine(with: "snapshot reloaded", after: attempt)
      }
      waits.append(wait)
      #expect(try server.validate(review).isAllowed == !isRunning)
    }
    #expect(waits.min() ?? .seconds(60) < .seconds(1))
  }

  @Test func `a folder of files counts as one cluster, and a new file counts too`() throws {
    let server = try RunningServer()
    let folder = try TemporaryFolder()
    try folder.write(Repository.text("manifests/example/cluster.yaml"), to: "a.yaml")
    let other = try Program(
      Repository.executable,
      [
        "serve", "--listen", "127.0.0.1:0", "--tls-certificate", server.folder.path("tls.pem"), "--tls-key",
        server.folder.path("tls.key"), "--cluster-snapshot", folder.url.path, "--log-format", "json",
      ])
    try other.errors.waitForLine(with: "listening")
    try folder.write(Self.machine, to: "b.yaml")
    try other.errors.waitForLine(with: "snapshot reloaded")
    let check = try Program.run(
      Repository.executable,
      [
        "check", "--cluster-snapshot", folder.url.path, "--value",
        #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#,
      ])
    #expect(check.output.contains("default/web-1"))
  }

  @Test func `a snapshot without a node decides nothing, and counts once it has one`() throws {
    let server = try RunningServer(cluster: "")
    let line = try LogLine(server.log.waitForLine(with: "the snapshot has no nodes"))
    #expect(line.fields["level"] == "warning")
    #expect(line.fields["path"] == server.folder.path("cluster.yaml"))
    #expect(try server.ask("/readyz").status == 503)
    #expect(try server.ask("/readyz").body.contains("was kubectl able to reach the cluster?"))
    #expect(try server.validate(ExampleReview.text("update-set-value")).code == 503)
    try server.folder.write(Repository.text("manifests/example/cluster.yaml"), to: "cluster.yaml")
    try server.log.waitForLine(with: "snapshot reloaded")
    #expect(try server.ask("/readyz").status == 200)
    try server.folder.write("", to: "cluster.yaml")
    try server.log.waitForLine(with: "last good state stays")
    #expect(try server.ask("/readyz").status == 200)
  }

  @Test func `a file in a folder below the snapshot's counts, and its changes too`() throws {
    let folder = try TemporaryFolder()
    let nested = folder.url.appending(path: "yamls/cluster/v1")
    try FileManager.default.createDirectory(at: nested, withIntermediateDirectories: true)
    try folder.write(Repository.text("manifests/example/cluster.yaml"), to: "yamls/cluster/v1/all.yaml")
    let server = try RunningServer(source: ["--cluster-snapshot", folder.url.path])
    #expect(try server.validate(ExampleReview.text("update-set-value")).isAllowed)
    try folder.write(Self.machine, to: "yamls/cluster/v1/machine.yaml")
    try server.log.waitForLine(with: "snapshot reloaded")
    #expect(try server.validate(ExampleReview.text("update-set-value")).code == 422)
  }

  @Test(arguments: ["a: [", "kind: : x", "\u{0}", "{\"a\":"])
  func `an unreadable snapshot keeps the last good state and says so`(_ text: String) throws {
    let server = try RunningServer(cluster: Repository.text("manifests/example/cluster.yaml") + Self.machine)
    let review = try ExampleReview.text("update-set-value")
    #expect(try server.validate(review).code == 422)
    try server.folder.write(text, to: "cluster.yaml")
    let line = try LogLine(server.log.waitForLine(with: "last good state stays"))
    #expect(line.fields["level"] == "error")
    #expect(line.fields["reason"]?.contains("cluster.yaml") == true)
    #expect(try server.validate(review).code == 422)
    #expect(try server.ask("/readyz").status == 200)
    #expect(try server.ask("/metrics").body.contains(#"snapshot_reloads_total{result="error"} 1"#))

    try server.folder.write(Repository.text("manifests/example/cluster.yaml"), to: "cluster.yaml")
    try server.log.waitForLine(with: "snapshot reloaded")
    #expect(try server.validate(review).isAllowed)
  }

  @Test func `a snapshot that is taken away keeps the last good state too`() throws {
    let server = try RunningServer()
    try FileManager.default.removeItem(atPath: server.folder.path("cluster.yaml"))
    try server.log.waitForLine(with: "last good state stays", "No such file or directory")
    #expect(try server.validate(ExampleReview.text("update-set-value")).isAllowed)
  }

  @Test func `a replaced certificate is served to new connections while old ones live on`() throws {
    let server = try RunningServer()
    let old = try server.connect()
    old.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    try old.output.wait(forText: "ok\n")

    let renewed = try Certificates()
    for (from, to) in [(renewed.key, "tls.key"), (renewed.certificate, "tls.pem")] {
      try server.folder.write(String(contentsOfFile: from, encoding: .utf8), to: to)
    }
    // The two files may have been read between the one and the other, which is an error that mends itself.
    try server.log.waitForLine(with: "certificate reloaded")
    #expect(throws: Unanswered.self) { try server.ask("/healthz") }
    #expect(try server.ask("/healthz", "--cacert", renewed.authority).body == "ok\n")

    old.send("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
    try old.output.wait(forText: "ready\n")
  }

  @Test func `a certificate that does not belong to the key leaves the old one in place`() throws {
    let server = try RunningServer()
    let other = try Certificates()
    try server.folder.write(String(contentsOfFile: other.certificate, encoding: .utf8), to: "tls.pem")
    let line = try LogLine(server.log.waitForLine(with: "the old one stays"))
    #expect(line.fields["reason"]?.contains("the key does not belong to the certificate") == true)
    #expect(try server.ask("/healthz").body == "ok\n")
  }
}

@Suite struct `A client certificate` {
  @Test func `is required where an authority for clients is given`() throws {
    let authority = try Certificates()
    let server = try RunningServer("--client-ca", authority.authority)
    func options(_ certificates: Certificates) throws -> [String] {
      let (certificate, key) = try certificates.client()
      return ["--cert", certificate, "--key", key]
    }
    #expect(try server.ask("/healthz", options(authority)).body == "ok\n")
    #expect(throws: Unanswered.self) { try server.ask("/healthz") }

    let stranger = try options(Certificates())
    #expect(throws: Unanswered.self) { try server.ask("/healthz", stranger) }
  }

  @Test func `needs an authority: a file without one is named`() throws {
    let certificates = try Certificates()
    let run = try Program.run(
      Repository.executable,
      [
        "serve", "--tls-certificate", certificates.certificate, "--tls-key", certificates.key, "--client-ca",
        certificates.key, "--cluster-snapshot", Repository.path("manifests/example/cluster.yaml"),
      ])
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("--client-ca \(certificates.key): there is no certificate in the file, but PRIVATE KEY"))
  }

  @Test(arguments: ["--http1.1", "--http2"]) func `is named in the log of a review`(_ version: String) throws {
    let server = try RunningServer()
    let authority = server.certificates
    try authority.sign("client", for: "clientAuth")
    let asking = try RunningServer("--client-ca", authority.authority, certificates: authority)
    let client = ["--cert", authority.folder.path("client.pem"), "--key", authority.folder.path("client.key"), version]
    #expect(try asking.ask("/validate", post: ExampleReview.text("delete"), client).status == 200)
    let line = try LogLine(asking.log.waitForLine(with: #""message":"review""#))
    #expect(line.fields["client"] == "CN=client")
    // Where none is asked for, none is named.
    #expect(try server.ask("/validate", post: ExampleReview.text("delete"), client).status == 200)
    #expect(try LogLine(server.log.waitForLine(with: #""message":"review""#)).fields["client"] == nil)
  }
}
