import Foundation
import KubeObjects
import TestSupport
import Testing

@testable import KubeClient

@Suite struct `Kubeconfigs` {
  /// A file with one context, with these lines of its cluster and user.
  static func text(cluster: String = "server: https://10.0.0.1:6443", user: String = "token: abc") -> String {
    """
    apiVersion: v1
    kind: Config
    current-context: here
    contexts: [{name: here, context: {cluster: c, user: u}}]
    clusters: [{name: c, cluster: {\(cluster)}}]
    users: [{name: u, user: {\(user)}}]

    """
  }

  func read(_ text: String, context: String? = nil) throws -> ClusterAccess {
    let folder = try TemporaryFolder()
    try folder.write("file's bytes", to: "pem")
    try folder.write(text, to: "config")
    var access = try Kubeconfig(file: folder.path("config")).access(context: context)
    // The folder differs each time.
    access.origin = access.origin.replacingOccurrences(of: folder.url.path, with: "FOLDER")
    return access
  }

  /// The error for a text, with FOLDER for its folder.
  func refusal(of text: String, context: String? = nil) throws -> String? {
    let folder = try TemporaryFolder()
    try folder.write("file's bytes", to: "pem")
    try folder.write(text, to: "config")
    do {
      _ = try Kubeconfig(file: folder.path("config")).access(context: context)
      return nil
    } catch {
      return "\(error)".replacingOccurrences(of: folder.url.path, with: "FOLDER")
    }
  }

  @Test func `server, token and origin are read`() throws {
    let access = try read(Self.text())
    #expect(access.server == "https://10.0.0.1:6443")
    #expect(access.user.token == .bytes(Array("abc".utf8)))
    #expect(access.caBundle == nil)
    #expect(access.origin == "context here of FOLDER/config")
  }

  @Test func `every field of a cluster is read`() throws {
    let access = try read(
      Self.text(
        cluster: """
          server: "https://rancher.example/k8s/clusters/c-1/", certificate-authority-data: "Y2E=", tls-server-name: api, \
          proxy-url: "http://proxy:3128"
          """))
    #expect(access.server == "https://rancher.example/k8s/clusters/c-1")
    #expect(access.caBundle == .bytes(Array("ca".utf8)))
    #expect(access.serverName == "api")
    #expect(access.proxy == "http://proxy:3128")
    #expect(!access.skipsVerification)
    #expect(try read(Self.text(cluster: "server: https://x, insecure-skip-tls-verify: true")).skipsVerification)
  }

  @Test func `certificates are data or files relative to the kubeconfig, and data has precedence`() throws {
    let data = try read(Self.text(user: "client-certificate-data: \"Y2VydA==\", client-key-data: \"a2V5\""))
    #expect(data.user.certificate == .bytes(Array("cert".utf8)))
    #expect(data.user.key == .bytes(Array("key".utf8)))
    let file = try read(Self.text(user: "client-certificate: pem, client-key: ./pem"))
    guard case .file(let path)? = file.user.certificate else { return #expect(Bool(false)) }
    #expect(path.hasPrefix("/") && path.hasSuffix("/pem"))
    let both = try read(
      Self.text(user: "client-certificate-data: \"Y2VydA==\", client-certificate: pem, client-key: pem"))
    #expect(both.user.certificate == .bytes(Array("cert".utf8)))
  }

  @Test func `a token file has precedence over a token`() throws {
    let access = try read(Self.text(user: "token: abc, tokenFile: pem"))
    guard case .file(let path)? = access.user.token else { return #expect(Bool(false)) }
    #expect(path.hasSuffix("/pem"))
  }

  @Test func `a credential plugin is read`() throws {
    let access = try read(
      Self.text(
        user: """
          exec: {apiVersion: client.authentication.k8s.io/v1, command: ./bin/get-token, args: [--cluster, a], \
          env: [{name: A, value: b}], installHint: install it, provideClusterInfo: true, interactiveMode: IfAvailable}
          """))
    let plugin = try #require(access.user.plugin)
    #expect(plugin.command.hasPrefix("/") && plugin.command.hasSuffix("/./bin/get-token"))
    #expect(plugin.arguments == ["--cluster", "a"])
    #expect(plugin.environment == [.init(name: "A", value: "b")])
    #expect(plugin.installHint == "install it")
    #expect(plugin.providesClusterInfo)
    let named = try read(Self.text(user: "exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: aws}"))
    #expect(named.user.plugin?.command == "aws")
  }

  @Test func `a context is selected by name`() throws {
    let text = """
      current-context: here
      contexts:
      - {name: here, context: {cluster: none, user: none}}
      - {name: there, context: {cluster: c}}
      clusters: [{name: c, cluster: {server: https://there}}]

      """
    #expect(try read(text, context: "there").server == "https://there")
    #expect(try read(text, context: "there").user == ClusterAccess.User())
  }

  @Test func `a kubeconfig may be JSON`() throws {
    let text = """
      {"current-context":"a","contexts":[{"name":"a","context":{"cluster":"c"}}],
       "clusters":[{"name":"c","cluster":{"server":"http://127.0.0.1:8001"}}],"users":null}
      """
    #expect(try read(text).server == "http://127.0.0.1:8001")
  }

  @Test(arguments: [
    ("[]", "FOLDER/config: must be a kubeconfig"),
    ("", "FOLDER/config: current-context is not set; choose one with --context"),
    ("a: ]", "FOLDER/config: line 1: must be YAML: did not find expected node content"),
    ("current-context: x", "FOLDER/config: there is no context \"x\""),
    ("current-context: 7", "FOLDER/config: current-context: must be a string"),
    ("contexts: {}", "FOLDER/config: contexts: must be a list"),
    ("users: [{user: {}}]", "FOLDER/config: users[0]: this has no name"),
    (
      "current-context: x\ncontexts: [{name: x, context: {user: u}}]",
      "FOLDER/config: contexts[\"x\"].context: cluster is not set"
    ),
    (
      "current-context: x\ncontexts: [{name: x, context: {cluster: gone}}]",
      "FOLDER/config: contexts[\"x\"].context: cluster: there is no cluster \"gone\""
    ),
    (
      "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: gone}}]\n"
        + "clusters: [{name: c, cluster: {server: https://x}}]",
      "FOLDER/config: contexts[\"x\"].context: user: there is no user \"gone\""
    ),
    (text(cluster: ""), "FOLDER/config: clusters[\"c\"].cluster: server is not set"),
    (
      text(cluster: "server: 10.0.0.1"),
      "FOLDER/config: clusters[\"c\"].cluster.server: must be an http or https URL"
    ),
    (
      text(cluster: "server: https://x, certificate-authority: gone"),
      "FOLDER/config: clusters[\"c\"].cluster.certificate-authority: FOLDER/gone: No such file or directory"
    ),
    (
      text(cluster: "server: https://x, certificate-authority-data: '*'"),
      "FOLDER/config: clusters[\"c\"].cluster.certificate-authority-data: must be base64"
    ),
    (
      text(cluster: "server: https://x, certificate-authority: pem, insecure-skip-tls-verify: true"),
      "FOLDER/config: clusters[\"c\"].cluster: insecure-skip-tls-verify and a certificate-authority exclude each other"
    ),
    (
      text(cluster: "server: https://x, insecure-skip-tls-verify: 'yes'"),
      "FOLDER/config: clusters[\"c\"].cluster.insecure-skip-tls-verify: must be true or false"
    ),
    (
      text(user: "client-certificate: pem"),
      "FOLDER/config: users[\"u\"].user: client-key is not set, client-certificate is"
    ),
    (text(user: "client-key: pem"), "FOLDER/config: users[\"u\"].user: client-certificate is not set, client-key is"),
    (
      text(user: "tokenFile: gone"),
      "FOLDER/config: users[\"u\"].user.tokenFile: FOLDER/gone: No such file or directory"
    ),
    (
      text(user: "auth-provider: {name: gcp}"),
      "FOLDER/config: users[\"u\"].user.auth-provider: this is not supported; use a token, a client certificate or exec"
    ),
    (
      text(user: "exec: {command: x}"),
      "FOLDER/config: users[\"u\"].user.exec: apiVersion must be client.authentication.k8s.io/v1 or "
        + "client.authentication.k8s.io/v1beta1"
    ),
    (
      text(user: "exec: {apiVersion: client.authentication.k8s.io/v1}"),
      "FOLDER/config: users[\"u\"].user.exec: command is not set"
    ),
    (
      text(user: "exec: {apiVersion: client.authentication.k8s.io/v1, command: x, interactiveMode: Always}"),
      "FOLDER/config: users[\"u\"].user.exec: interactiveMode: must not be Always, which needs a terminal"
    ),
  ]) func `an error names the file and the field`(_ text: String, _ message: String) throws {
    #expect(try refusal(of: text) == message)
  }

  @Test func `the first of several files that defines a name has precedence, and missing files are ignored`() throws {
    let folder = try TemporaryFolder()
    try folder.write("current-context: b\ncontexts: [{name: a, context: {cluster: c}}]", to: "1")
    try folder.write(
      "current-context: a\ncontexts: [{name: b, context: {cluster: c}}, {name: a, context: {cluster: gone}}]\n"
        + "clusters: [{name: c, cluster: {server: https://second}}]", to: "2")
    try folder.write("clusters: [{name: c, cluster: {server: https://third}}]", to: "3")
    let list = ["1", "missing", "2", "", "3"].map { $0.isEmpty ? "" : folder.path($0) }.joined(separator: ":")
    let config = try Kubeconfig(list: list)
    #expect(try config.access(context: nil).origin == "context b of \(folder.path("2"))")
    #expect(try config.access(context: "a").server == "https://second")
    let error = #expect(throws: KubeError.self) { try Kubeconfig(list: "/nowhere/a:/nowhere/b") }
    #expect(error?.description == "none of the files in KUBECONFIG exists: /nowhere/a, /nowhere/b")
    #expect(throws: KubeError.self) { try Kubeconfig(file: folder.path("missing")) }
  }
}

@Suite struct `In-cluster access` {
  @Test func `the address is read from the environment, token and CA from files`() throws {
    let folder = try TemporaryFolder()
    try folder.write("t\n", to: "token")
    try folder.write("ca", to: "ca.crt")
    func access(_ host: String?) throws(KubeError) -> ClusterAccess {
      let variables = ["KUBERNETES_SERVICE_HOST": host, "KUBERNETES_SERVICE_PORT": "443"]
      return try ClusterAccess.inCluster(environment: { variables[$0] ?? nil }, folder: folder.url.path)
    }
    #expect(try access("10.53.0.1").server == "https://10.53.0.1:443")
    #expect(try access("fd00::1").server == "https://[fd00::1]:443")
    #expect(try access("10.53.0.1").user.token == .file(folder.path("token")))
    #expect(throws: KubeError.self) { try access(nil) }
    try FileManager.default.removeItem(atPath: folder.path("token"))
    let error = #expect(throws: KubeError.self) { try access("10.53.0.1") }
    #expect(error?.description.contains("/token: No such file") == true)
  }

  @Test func `a token is read again for each request, without its line feed`() throws {
    let folder = try TemporaryFolder()
    var access = ClusterAccess(server: "https://x", origin: "test")
    access.user.token = .file(folder.path("token"))
    let source = CredentialProvider(access)
    try folder.write("first\n", to: "token")
    #expect(try source.load().token == "first")
    try folder.write("second\n", to: "token")
    #expect(try source.load().token == "second")
  }
}

@Suite struct `Base64 and URLs` {
  @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar", "\u{0}ÿ"])
  func `base64 is encoded and decoded as by Foundation`(
    _ text: String
  ) {
    let expected = Data(text.utf8).base64EncodedString()
    #expect(Base64.encode(Array(text.utf8)) == expected)
    #expect(Base64.decode(expected) == Array(text.utf8))
    #expect(Base64.decode(expected.map { "\($0)\n" }.joined()) == Array(text.utf8))
  }

  @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "Zm9=v", "Zm9v=", "Z-==", "Z_=="]) func `invalid base64 is rejected`(
    _ text: String
  ) {
    #expect(Base64.decode(text) == nil)
  }

  @Test func `base64 of every length and byte equals Foundation's`() {
    var random = SeededNumbers()
    for length in 0..<200 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
      let text = Data(bytes).base64EncodedString()
      #expect(Base64.encode(bytes) == text, "SEED=\(random.seed)")
      #expect(Base64.decode(text) == bytes, "SEED=\(random.seed)")
    }
  }

  @Test(arguments: [
    ("https://10.0.0.1:6443", "10.0.0.1", "6443", "", "10.0.0.1:6443"),
    ("https://api.example", "api.example", "443", "", "api.example"),
    ("http://api.example", "api.example", "80", "", "api.example"),
    ("https://[fd00::1]:6443/k8s/c-1", "[fd00::1]", "6443", "/k8s/c-1", "[fd00::1]:6443"),
    ("https://[fd00::1]", "[fd00::1]", "443", "", "[fd00::1]"),
  ]) func `a URL is split into its parts`(
    _ url: String, _ host: String, _ port: String, _ path: String, _ authority: String
  ) {
    let parts = ServerURL(url)
    #expect([parts.host, parts.port, parts.path, parts.authority] == [host, port, path, authority])
  }
}
