import Foundation
import TestSupport
import Testing

@Suite struct `Certificate renewal under load` {
  /// The ways in which files are replaced. Parameters: the folder, the new chain and the new key.
  static let ways: [(name: String, replace: @Sendable (TemporaryFolder, String, String) throws -> Void)] = [
    (
      "by rename",
      { folder, chain, key in
        try folder.write(key, to: "tls.key")
        try folder.write(chain, to: "tls.pem")
      }
    ),
    (
      "in place",
      { folder, chain, key in
        try key.write(toFile: folder.path("tls.key"), atomically: false, encoding: .utf8)
        try chain.write(toFile: folder.path("tls.pem"), atomically: false, encoding: .utf8)
      }
    ),
    ("as the kubelet does", { folder, chain, key in try mount(folder, chain, key) }),
  ]

  /// As the kubelet updates a mounted Secret: a new folder, then one symbolic link is replaced.
  private static func mount(_ folder: TemporaryFolder, _ chain: String, _ key: String) throws {
    let version = "..version-\(UUID())"
    let files = FileManager.default
    try files.createDirectory(atPath: folder.path(version), withIntermediateDirectories: false)
    try folder.write(chain, to: "\(version)/tls.pem")
    try folder.write(key, to: "\(version)/tls.key")
    try files.createSymbolicLink(atPath: folder.path("..data_tmp"), withDestinationPath: version)
    if rename(folder.path("..data_tmp"), folder.path("..data")) != 0 { throw POSIXError(.EIO) }
    for name in ["tls.pem", "tls.key"] where !files.fileExists(atPath: folder.path(name)) {
      try files.createSymbolicLink(atPath: folder.path(name), withDestinationPath: "..data/\(name)")
    }
  }

  @Test(arguments: ways.indices) func `a renewed certificate is served within a second without a failed request`(
    _ way: Int
  ) throws {
    let (name, replace) = Self.ways[way]
    let server = try RunningServer { folder, certificates in
      guard name == "as the kubelet does" else { return try writePair(folder, certificates) }
      try Self.mount(folder, certificates.text("server.pem"), certificates.text("server.key"))
    }
    let tlsContext = ClientContext(authority: server.certificates.authority)
    let body = try ExampleReview.text("update-set-value")
    let staying = SteadyClients(clients: 2, port: server.port, tlsContext, path: "/validate", post: body) {
      $0.status == 200
    }
    let coming = SteadyClients(clients: 2, port: server.port, tlsContext, path: "/healthz", perConnection: 3) {
      $0.status == 200
    }
    try staying.wait(forResponses: 20)
    var waits: [TimeInterval] = []
    for renewal in 1...4 {
      let before = try HTTPSConnection(port: server.port, tlsContext).serverSerial
      try server.certificates.sign("renewed-\(renewal)", for: "serverAuth")
      let (chain, key) = try (
        server.certificates.text("renewed-\(renewal).pem"), server.certificates.text("renewed-\(renewal).key")
      )
      let start = Date()
      try replace(server.folder, chain, key)
      #expect(eventually { (try? HTTPSConnection(port: server.port, tlsContext).serverSerial) != before })
      waits.append(Date().timeIntervalSince(start))
      try staying.wait(forResponses: 10)
      try coming.wait(forResponses: 10)
    }
    // The minimum, because the machine may be busy.
    #expect(waits.min() ?? 60 < 1, "\(waits)")
    let outcomes = [staying.end(), coming.end()]
    #expect(outcomes.flatMap(\.failures) == [])
    #expect(outcomes[0].connections == 2, "open connections stay open")
    #expect(try server.fetch("/metrics").body.contains(#"certificate_reloads_total{result="success"} 5"#))
  }
}

@Suite struct `Invalid certificate pairs` {
  /// The files that replace the pair, and a part of the error message.
  static let table: [(name: String, put: @Sendable (TemporaryFolder, Certificates) throws -> Void, words: String)] = [
    ("garbage", { folder, _ in try folder.write("no certificate", to: "tls.pem") }, "there is no certificate"),
    ("an empty key", { folder, _ in try folder.write("", to: "tls.key") }, "no private key"),
    (
      "the key of another certificate",
      { folder, pair in
        try pair.sign("another", for: "serverAuth")
        try folder.write(pair.text("another.key"), to: "tls.key")
      },
      "the key does not belong to the certificate"
    ),
    (
      "no file", { folder, _ in try FileManager.default.removeItem(atPath: folder.path("tls.pem")) },
      "No such file or directory"
    ),
    (
      "an expired certificate",
      { try put(in: $0, $1, validFrom: "20200101000000Z", until: "20200102000000Z") }, "it has expired"
    ),
    (
      "a certificate that is not valid yet",
      { try put(in: $0, $1, validFrom: "20480101000000Z", until: "20490101000000Z") }, "it is not valid yet"
    ),
  ]

  private static func put(
    in folder: TemporaryFolder, _ pair: Certificates, validFrom start: String, until end: String
  ) throws {
    try pair.sign("other", from: start, until: end)
    try folder.write(pair.text("other.pem"), to: "tls.pem")
    try folder.write(pair.text("other.key"), to: "tls.key")
  }

  @Test(arguments: table.indices) func `an invalid pair leaves the old one in place, with a log line and a metric`(
    _ row: Int
  ) throws {
    let (_, put, words) = Self.table[row]
    let server = try RunningServer()
    let tlsContext = ClientContext(authority: server.certificates.authority)
    let before = try HTTPSConnection(port: server.port, tlsContext).serverSerial
    try put(server.folder, server.certificates)
    let line = try LogLine(server.log.waitForLine(with: "the old one stays", words))
    #expect(line.fields["level"] == "error")
    let connection = try HTTPSConnection(port: server.port, tlsContext)
    #expect(connection.serverSerial == before)
    #expect(try connection.fetch("/readyz").status == 200)
    #expect(!(try connection.fetch("/metrics").body.contains(#"certificate_reloads_total{result="error"} 0"#)))

    // The valid counterpart.
    try server.certificates.sign("good", for: "serverAuth")
    try server.folder.write(server.certificates.text("good.key"), to: "tls.key")
    try server.folder.write(server.certificates.text("good.pem"), to: "tls.pem")
    try server.log.waitForLine(with: "certificate reloaded")
    #expect(try HTTPSConnection(port: server.port, tlsContext).serverSerial != before)
  }

  @Test func `an expired certificate at start is served, but the server is not ready until it is renewed`() throws {
    let server = try RunningServer { folder, certificates in
      try certificates.sign("expired", from: "20200101000000Z", until: "20200102000000Z")
      try folder.write(certificates.text("expired.pem"), to: "tls.pem")
      try folder.write(certificates.text("expired.key"), to: "tls.key")
    }
    let readiness = try server.fetch("/readyz", "--insecure")
    #expect(readiness.status == 503)
    #expect(readiness.body.contains("- the certificate has expired\n"))
    let metrics = try server.fetch("/metrics", "--insecure").body
    #expect(metrics.contains("certificate_expiry_timestamp_seconds 1577923200\n"))

    try writePair(server.folder, server.certificates)
    try server.log.waitForLine(with: "certificate reloaded")
    #expect(try server.fetch("/readyz").status == 200)
  }
}
