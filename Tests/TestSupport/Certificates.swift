public import Foundation

/// A certificate authority in a temporary folder, and its certificates. The repository has no key.
public struct Certificates: Sendable {
  public let folder: TemporaryFolder

  public var authority: String { folder.path("ca.pem") }
  public var certificate: String { folder.path("server.pem") }
  public var key: String { folder.path("server.key") }

  public init() throws {
    folder = try TemporaryFolder()
    try openssl(
      "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "2", "-subj",
      "/CN=test authority", "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", folder.path("ca.key"), "-out",
      authority)
    try sign("server", for: "serverAuth")
  }

  /// The certificate and key of a client, created on demand.
  public func client() throws -> (certificate: String, key: String) {
    try sign("client", for: "clientAuth")
    return (folder.path("client.pem"), folder.path("client.key"))
  }

  /// The chain and key of a client whose certificate is signed by `intermediate.pem`, which `ca.pem` signed.
  public func clientOfIntermediate() throws -> (certificate: String, key: String) {
    func sign(_ name: String, by issuer: String, _ extensions: String) throws {
      try folder.write(extensions, to: "\(name).extensions")
      try openssl(
        "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj", "/CN=\(name)", "-keyout",
        folder.path("\(name).key"), "-out", folder.path("\(name).csr"))
      try openssl(
        "x509", "-req", "-in", folder.path("\(name).csr"), "-CA", folder.path("\(issuer).pem"), "-CAkey",
        folder.path("\(issuer).key"), "-CAcreateserial", "-days", "2", "-extfile", folder.path("\(name).extensions"),
        "-out", folder.path("\(name).pem"))
    }
    try sign("intermediate", by: "ca", "basicConstraints=critical,CA:TRUE\n")
    try sign("indirect", by: "intermediate", "basicConstraints=CA:FALSE\nextendedKeyUsage=clientAuth\n")
    try folder.write(try text("indirect.pem") + text("intermediate.pem"), to: "chain.pem")
    return (folder.path("chain.pem"), folder.path("indirect.key"))
  }

  /// Creates `NAME.pem` and `NAME.key` for localhost.
  public func sign(_ name: String, for usage: String) throws {
    let extensions = "subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\nextendedKeyUsage=\(usage)\n"
    try folder.write(extensions, to: "extensions")
    try openssl(
      "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-subj", "/CN=\(name)", "-keyout",
      folder.path("\(name).key"), "-out", folder.path("\(name).csr"))
    try openssl(
      "x509", "-req", "-in", folder.path("\(name).csr"), "-CA", authority, "-CAkey", folder.path("ca.key"),
      "-CAcreateserial", "-days", "2", "-extfile", folder.path("extensions"), "-out", folder.path("\(name).pem"))
  }

  /// Creates `NAME.pem` and `NAME.key` for localhost with this validity, for example from `20200131000000Z`.
  public func sign(_ name: String, from start: String, until end: String) throws {
    try sign(name, for: "serverAuth")
    try folder.write("", to: "index.txt")
    try folder.write("unique_subject = no\n", to: "index.txt.attr")
    let settings = """
      [ca]
      default_ca = test
      [test]
      database = \(folder.path("index.txt"))
      new_certs_dir = \(folder.url.path)
      rand_serial = yes
      default_md = sha256
      policy = names
      [names]
      commonName = supplied

      """
    try folder.write(settings, to: "ca.conf")
    try openssl(
      "ca", "-batch", "-notext", "-config", folder.path("ca.conf"), "-cert", authority, "-keyfile",
      folder.path("ca.key"), "-in", folder.path("\(name).csr"), "-out", folder.path("\(name).pem"), "-startdate", start,
      "-enddate", end, "-extfile", folder.path("extensions"))
  }

  public func text(_ file: String) throws -> String {
    try String(contentsOfFile: folder.path(file), encoding: .utf8)
  }

  public func openssl(_ arguments: String...) throws {
    let run = try Program.run("openssl", arguments)
    if run.exitCode != 0 { throw OutputTimeout(expected: "openssl \(arguments[0])", text: run.errors) }
  }
}

/// A folder that is deleted with its last owner.
public final class TemporaryFolder: Sendable {
  public let url: URL

  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "storage-network-webhook-\(UUID())")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  public func path(_ name: String) -> String { url.appending(path: name).path }

  public func write(_ text: String, to name: String) throws {
    try text.write(to: url.appending(path: name), atomically: true, encoding: .utf8)
  }

  public func read(_ name: String) throws -> [UInt8] { Array(try Data(contentsOf: url.appending(path: name))) }
}

/// The repository's files, relative to this one.
public enum Repository {
  public static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The program under test: that of `PROGRAM_UNDER_TEST`, or the one that was built with the tests.
  public static let executable =
    ProcessInfo.processInfo.environment["PROGRAM_UNDER_TEST"]
    ?? URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    .appending(path: "storage-network-webhook").path

  public static func path(_ name: String) -> String { root.appending(path: name).path }

  public static func text(_ name: String) throws -> String {
    try String(contentsOf: root.appending(path: name), encoding: .utf8)
  }
}
