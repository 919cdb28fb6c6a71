import Foundation
import TestSupport
import Testing

@Suite struct `File changes while serving` {
  static let machine = """
    ---
    apiVersion: kubevirt.io/v1
    kind: VirtualMachineInstance
    metadata: {name: web-1, namespace: default}
    status: {phase: Running}

    """

  @Test func `a changed snapshot is used within a second`() throws {
    let server = try RunningServer()
    let review = try ExampleReview.text("update-set-value")
    let idle = try Repository.text("manifests/example/cluster.yaml")
    #expect(try server.validate(review).isAllowed)
    // The minimum of three, because the machine may be busy.
    var waits: [Duration] = []
    for attempt in 0..<3 {
      let isRunning = attempt % 2 == 0
      let wait = try ContinuousClock().measure {
        try server.folder.write(isRunning ? idle + Self.machine : idle, to: "cluster.yaml")
        // One write may be several events, so the number of reloads says nothing.
        #expect(eventually { (try? server.validate(review).isAllowed) == !isRunning })
      }
      waits.append(wait)
    }
    try server.log.waitForLine(with: "snapshot reloaded")
    #expect(waits.min() ?? .seconds(60) < .seconds(1))
  }

  @Test func `a folder of files is one cluster, and a new file is used`() throws {
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

  @Test func `a snapshot without a node is unavailable until it has one`() throws {
    let server = try RunningServer(cluster: "")
    let line = try LogLine(server.log.waitForLine(with: "the snapshot has no nodes"))
    #expect(line.fields["level"] == "warning")
    #expect(line.fields["path"] == server.folder.path("cluster.yaml"))
    #expect(try server.fetch("/readyz").status == 503)
    #expect(try server.fetch("/readyz").body.contains("was kubectl able to reach the cluster?"))
    #expect(try server.validate(ExampleReview.text("update-set-value")).code == 503)
    try server.folder.write(Repository.text("manifests/example/cluster.yaml"), to: "cluster.yaml")
    try server.log.waitForLine(with: "snapshot reloaded")
    #expect(try server.fetch("/readyz").status == 200)
    try server.folder.write("", to: "cluster.yaml")
    try server.log.waitForLine(with: "last good state stays")
    #expect(try server.fetch("/readyz").status == 200)
  }

  @Test func `a file in a subfolder is used, and its changes too`() throws {
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
  func `an unreadable snapshot keeps the last good state and is logged`(_ text: String) throws {
    let server = try RunningServer(cluster: Repository.text("manifests/example/cluster.yaml") + Self.machine)
    let review = try ExampleReview.text("update-set-value")
    #expect(try server.validate(review).code == 422)
    try server.folder.write(text, to: "cluster.yaml")
    let line = try LogLine(server.log.waitForLine(with: "last good state stays"))
    #expect(line.fields["level"] == "error")
    #expect(line.fields["reason"]?.contains("cluster.yaml") == true)
    #expect(try server.validate(review).code == 422)
    #expect(try server.fetch("/readyz").status == 200)
    #expect(try server.fetch("/metrics").body.contains(#"snapshot_reloads_total{result="error"} 1"#))

    try server.folder.write(Repository.text("manifests/example/cluster.yaml"), to: "cluster.yaml")
    try server.log.waitForLine(with: "snapshot reloaded")
    #expect(try server.validate(review).isAllowed)
  }

  @Test func `a removed snapshot keeps the last good state`() throws {
    let server = try RunningServer()
    try FileManager.default.removeItem(atPath: server.folder.path("cluster.yaml"))
    try server.log.waitForLine(with: "last good state stays", "No such file or directory")
    #expect(try server.validate(ExampleReview.text("update-set-value")).isAllowed)
  }

  @Test func `a replaced certificate is served to new connections while old ones stay open`() throws {
    let server = try RunningServer()
    let old = try server.connect()
    old.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    try old.output.wait(forText: "ok\n")

    let renewed = try Certificates()
    for (from, to) in [(renewed.key, "tls.key"), (renewed.certificate, "tls.pem")] {
      try server.folder.write(String(contentsOfFile: from, encoding: .utf8), to: to)
    }
    // One file may have been read before the other was replaced; this error is temporary.
    try server.log.waitForLine(with: "certificate reloaded")
    #expect(throws: MissingResponse.self) { try server.fetch("/healthz") }
    #expect(try server.fetch("/healthz", "--cacert", renewed.authority).body == "ok\n")

    old.send("GET /readyz HTTP/1.1\r\nHost: x\r\n\r\n")
    try old.output.wait(forText: "ready\n")
  }

  @Test func `a certificate that does not belong to the key leaves the old one in place`() throws {
    let server = try RunningServer()
    let other = try Certificates()
    try server.folder.write(String(contentsOfFile: other.certificate, encoding: .utf8), to: "tls.pem")
    let line = try LogLine(server.log.waitForLine(with: "the old one stays"))
    #expect(line.fields["reason"]?.contains("the key does not belong to the certificate") == true)
    #expect(try server.fetch("/healthz").body == "ok\n")
  }
}

@Suite struct `Client certificates` {
  @Test func `a client certificate is required with --client-ca`() throws {
    let authority = try Certificates()
    let server = try RunningServer("--client-ca", authority.authority)
    func options(_ certificates: Certificates) throws -> [String] {
      let (certificate, key) = try certificates.client()
      return ["--cert", certificate, "--key", key]
    }
    #expect(try server.fetch("/healthz", options(authority)).body == "ok\n")
    #expect(throws: MissingResponse.self) { try server.fetch("/healthz") }

    let other = try options(Certificates())
    #expect(throws: MissingResponse.self) { try server.fetch("/healthz", other) }
  }

  @Test func `a --client-ca file without a certificate is reported`() throws {
    let certificates = try Certificates()
    let run = try Program.run(
      Repository.executable,
      [
        "serve", "--tls-certificate", certificates.certificate, "--tls-key", certificates.key, "--client-ca",
        certificates.key, "--cluster-snapshot", Repository.path("manifests/example/cluster.yaml"),
      ])
    #expect(run.exitCode == 2)
    #expect(
      run.errors.contains("--client-ca \(certificates.key): there is no certificate in the file, but PRIVATE KEY"))
  }

  @Test(arguments: ["--http1.1", "--http2"]) func `the client certificate's name is logged with a review`(
    _ version: String
  ) throws {
    let server = try RunningServer()
    let authority = server.certificates
    try authority.sign("client", for: "clientAuth")
    let asking = try RunningServer("--client-ca", authority.authority, certificates: authority)
    let client = ["--cert", authority.folder.path("client.pem"), "--key", authority.folder.path("client.key"), version]
    #expect(try asking.fetch("/validate", post: ExampleReview.text("delete"), client).status == 200)
    let line = try LogLine(asking.log.waitForLine(with: #""message":"review""#))
    #expect(line.fields["client"] == "CN=client")
    // Without client certificates, no CA is logged.
    #expect(try server.fetch("/validate", post: ExampleReview.text("delete"), client).status == 200)
    #expect(try LogLine(server.log.waitForLine(with: #""message":"review""#)).fields["client"] == nil)
  }
}
