import Foundation
import TestSupport
import Testing

@Suite struct `Graceful shutdown` {
  @Test func `on SIGTERM, requests in flight get responses, their connections are closed, and the exit code is 0`()
    throws
  {
    let server = try RunningServer("--drain-delay", "0")
    let idle = try server.connect()
    idle.send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    try idle.output.wait(forText: "ok\n")
    let busy = try server.connect()
    let review = try ExampleReview.text("update-set-value")
    busy.send(
      "POST /validate HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
        + "Content-Length: \(review.utf8.count)\r\n\r\n")
    // The server has read the head, so the request is in flight.
    try busy.output.wait(forText: "100 Continue")

    server.program.signal(SIGTERM)
    try server.log.waitForLine(with: #""message":"stopping""#)
    _ = try idle.exitCode()
    busy.send(review)
    _ = try busy.exitCode()
    #expect(busy.output.text.contains("HTTP/1.1 200 OK\r\n"))
    #expect(busy.output.text.contains("Connection: close\r\n"))
    #expect(busy.output.text.contains(#""allowed":true"#))
    #expect(try server.program.exitCode() == 0)
  }

  @Test func `an HTTP/2 request in flight gets its response`() throws {
    let server = try RunningServer("--drain-delay", "0")
    let busy = try Program(
      "curl",
      [
        "--silent", "--verbose", "--http2", "--cacert", server.certificates.authority, "--request", "POST",
        "--upload-file", ".", "--header", "Expect: 100-continue", "--expect100-timeout", "60", "--header",
        "Content-Type: application/json", "\(server.url)/validate",
      ])
    try busy.errors.wait(forText: "< HTTP/2 100")
    server.program.signal(SIGTERM)
    try server.log.waitForLine(with: #""message":"stopping""#)
    busy.send(try ExampleReview.text("update-set-value"))
    busy.endInput()
    #expect(try busy.exitCode() == 0)
    #expect(busy.output.text.contains(#""allowed":true"#))
    #expect(try server.program.exitCode() == 0)
  }

  @Test func `requests are served during the drain delay although readiness fails`() throws {
    let server = try RunningServer("--drain-delay", "600")
    server.program.signal(SIGTERM)
    try server.log.waitForLine(with: #""message":"stopping""#)
    let readiness = try server.fetch("/readyz")
    #expect(readiness.status == 503)
    #expect(readiness.body.contains("the server is stopping"))
    #expect(try server.validate(ExampleReview.text("update-set-value")).isAllowed)

    server.program.signal(SIGTERM)
    try server.log.waitForLine(with: "stopping immediately")
    #expect(try server.program.exitCode() == 0)
  }

  @Test func `drain options of any size are accepted`() throws {
    let server = try RunningServer("--drain-delay", "\(Int.max)", "--drain-timeout", "\(Int.max)")
    server.program.signal(SIGTERM)
    try server.log.waitForLine(with: "stopping")
    server.program.signal(SIGTERM)
    #expect(try server.program.exitCode() == 0)
  }

  @Test func `Ctrl-C skips the drain delay`() throws {
    let server = try RunningServer("--drain-delay", "600")
    server.program.signal(SIGINT)
    #expect(try server.program.exitCode() == 0)
  }

  @Test func `an open connection is closed at the drain timeout`() throws {
    let server = try RunningServer("--drain-delay", "0", "--drain-timeout", "1")
    let busy = try server.connect()
    busy.send("POST /validate HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n")
    try busy.output.wait(forText: "100 Continue")
    server.program.signal(SIGTERM)
    #expect(try server.program.exitCode() == 0)
    #expect(server.log.text.contains("connections are still open"))
  }
}

@Suite struct `Startup errors` {
  /// Invalid options, and a part of the error message; the exit code is 2.
  static let table: [(options: [String], words: String)] = [
    (["--listen", "localhost:1"], "must be an address and a port"),
    (["--listen", "203.0.113.1:1"], "Cannot assign requested address; no interface of this machine has that address"),
    (["--tls-certificate", "/nowhere.pem"], "--tls-certificate /nowhere.pem: No such file or directory"),
    (["--client-ca", "/nowhere.pem"], "--client-ca /nowhere.pem: No such file or directory"),
    (["--tls-key", "/dev/null"], "no private key"),
    (["--cluster-snapshot", "/nowhere.yaml"], "/nowhere.yaml: No such file or directory"),
    (["--reserved-range", "10.0.0.0"], "reserved-range"),
    (["--reserved-range", "10.0.0.1/24"], "must not have host bits; write 10.0.0.0/24"),
    (["--sizing", "v1.4"], "sizing"),
    (["--drain-delay", "-1"], "--drain-delay must not be negative"),
    (["--max-staleness", "-1"], "--max-staleness must be at least"),
    (["--frobnicate"], "frobnicate"),
  ]

  @Test(arguments: table) func `an invalid configuration is explained with exit code 2`(
    _ row: (options: [String], words: String)
  ) throws {
    let certificates = try Certificates()
    let good = [
      "--listen": "127.0.0.1:0", "--tls-certificate": certificates.certificate, "--tls-key": certificates.key,
      "--cluster-snapshot": Repository.path("manifests/example/cluster.yaml"),
    ].filter { $0.key != row.options[0] }
    let run = try Program.run(
      Repository.executable, ["serve"] + good.flatMap { [$0.key, $0.value] } + row.options)
    #expect(run.exitCode == 2)
    #expect(run.errors.contains(row.words), "\(run.errors)")
  }

  @Test func `swapped certificate and key are reported with options and contents`() throws {
    let certificates = try Certificates()
    let run = try Program.run(
      Repository.executable,
      [
        "serve", "--listen", "127.0.0.1:0", "--tls-certificate", certificates.key,
        "--tls-key", certificates.certificate,
        "--cluster-snapshot", Repository.path("manifests/example/cluster.yaml"),
      ])
    #expect(run.exitCode == 2)
    #expect(
      run.errors.contains("--tls-certificate \(certificates.key): there is no certificate in the file, but PRIVATE KEY")
    )
  }

  /// With the first limit the log cannot be opened; with the second the server could not accept any connection.
  @Test(arguments: [4, 16]) func `too few descriptors are reported with the limit`(_ descriptors: Int) throws {
    let certificates = try Certificates()
    let run = try Program.run(
      "prlimit",
      [
        "--nofile=\(descriptors)", Repository.executable, "serve", "--listen", "127.0.0.1:0",
        "--tls-certificate", certificates.certificate, "--tls-key", certificates.key,
        "--cluster-snapshot", Repository.path("manifests/example/cluster.yaml"),
      ])
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("(ulimit -n)"), "\(run.errors)")
    #expect(!run.errors.contains("listening"))
  }

  /// With five descriptors there is none left for the log's thread.
  @Test(arguments: [[], ["prlimit", "--nofile=5"]]) func `the process exits even if its standard error is full`(
    limit: [String]
  ) throws {
    // Standard error is full: the shell has opened the pipe for reading and writing, so that it has a reader.
    let folder = try TemporaryFolder()
    let program = try Program(
      "sh",
      [
        "-c",
        #"mkfifo "$0"; exec 3<>"$0"; dd if=/dev/zero of="$0" bs=4096 oflag=nonblock 2>/dev/null; exec "$@" 2>&3"#,
        folder.path("pipe"),
      ] + limit + [
        Repository.executable, "serve", "--tls-certificate", "/nowhere.pem", "--tls-key", "/nowhere.pem",
        "--cluster-snapshot", "/nowhere.yaml",
      ])
    #expect(try program.exitCode() == 2)
  }

  @Test func `the process exits even if its standard error is closed`() throws {
    let folder = try TemporaryFolder()
    let run = try Program.run(
      "sh",
      [
        "-c", #"mkfifo "$0"; exec 3<>"$0" 4>"$0" 3>&-; exec "$@" 2>&4"#, folder.path("pipe"), "env",
        "--default-signal=PIPE", "prlimit", "--nofile=16", Repository.executable, "serve", "--tls-certificate",
        "/nowhere.pem", "--tls-key", "/nowhere.pem",
        "--cluster-snapshot", "/nowhere.yaml",
      ])
    #expect(run.exitCode == 2)
  }

  @Test func `a port in use is reported`() throws {
    let server = try RunningServer()
    let run = try Program.run(
      Repository.executable,
      [
        "serve", "--listen", "127.0.0.1:\(server.port)", "--tls-certificate", server.certificates.certificate,
        "--tls-key", server.certificates.key, "--cluster-snapshot", server.folder.path("cluster.yaml"),
      ])
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("Address already in use; another program listens there (ss -ltnp shows which)"))
  }
}
