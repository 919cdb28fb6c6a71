internal import JSON
internal import Platform
internal import Snapshot

/// The contents of kubeconfig files, merged as in kubectl: the first file that defines a name has precedence.
///
/// <https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/>
package struct Kubeconfig {
  private var files: [KubeconfigNode] = []
  private var contexts: [String: KubeconfigNode] = [:]
  private var clusters: [String: KubeconfigNode] = [:]
  private var users: [String: KubeconfigNode] = [:]
  private var currentContext: String?

  /// The maximum size of a file. A context with certificates and key has about 6 KiB, so it may have over two thousand.
  private static let limit = 16 * 1024 * 1024

  /// Reads one file, which must exist.
  package init(file: String) throws(KubeError) {
    try add(file)
  }

  /// Parses the text of a file; paths in it are relative to the file's folder.
  package init(text: [UInt8], of file: String) throws(KubeError) {
    try add(text, of: file)
  }

  /// Reads a list of files as in `$KUBECONFIG`. As in kubectl, missing files are ignored, but at least one must exist.
  package init(list: String) throws(KubeError) {
    let paths = list.split(separator: ":").map(String.init)
    for path in paths where File.exists(path) { try add(path) }
    if files.isEmpty { throw KubeError("none of the files in KUBECONFIG exists: \(paths.joined(separator: ", "))") }
  }

  private mutating func add(_ file: String) throws(KubeError) {
    let text: [UInt8]
    do throws(FileError) {
      text = try File.read(file, limit: Self.limit)
    } catch {
      throw KubeError(error.description)
    }
    try add(text, of: file)
  }

  private mutating func add(_ text: [UInt8], of file: String) throws(KubeError) {
    let config = try Self.read(text, of: file)
    files.append(config)
    for (key, table) in [
      ("contexts", \Kubeconfig.contexts), ("clusters", \.clusters), ("users", \.users),
    ] as [(String, WritableKeyPath<Kubeconfig, [String: KubeconfigNode]>)] {
      for entry in try config.list(key) {
        guard let name = try entry.text("name") else { throw entry.error("this has no name") }
        if self[keyPath: table][name] == nil { self[keyPath: table][name] = entry }
      }
    }
    if currentContext == nil { currentContext = try config.text("current-context") }
  }

  private static func read(_ text: [UInt8], of file: String) throws(KubeError) -> KubeconfigNode {
    do {
      var documents = YAMLDocuments(text)
      let document = try documents.next() ?? Array("{}".utf8)
      let config = KubeconfigNode(file: file, path: "", value: try JSONValue(parsing: document))
      guard config.value.kind == .object || config.value.kind == .null else {
        throw config.error("must be a kubeconfig")
      }
      return config
    } catch let error as KubeError {
      throw error
    } catch {
      throw KubeError("\(file): \(error)")
    }
  }
}

extension Kubeconfig {
  private var fileNames: String { files.map(\.file).joined(separator: ", ") }

  /// - Parameter name: The context to use; nil for the current one.
  package func access(context name: String?) throws(KubeError) -> ClusterAccess {
    guard let name = name ?? currentContext else {
      throw KubeError("\(fileNames): current-context is not set; choose one with --context")
    }
    guard let context = try contexts[name]?.object("context") else {
      throw KubeError("\(fileNames): there is no context \"\(name)\"")
    }
    guard let clusterName = try context.text("cluster") else { throw context.error("cluster is not set") }
    guard let cluster = try clusters[clusterName]?.object("cluster") else {
      throw context.error("cluster: there is no cluster \"\(clusterName)\"")
    }
    var access = try Self.access(to: cluster, origin: "context \(name) of \(context.file)")
    guard let userName = try context.text("user") else { return access }
    guard let user = users[userName] else { throw context.error("user: there is no user \"\(userName)\"") }
    if let user = try user.object("user") { access.user = try Self.user(user) }
    return access
  }

  private static func access(to cluster: KubeconfigNode, origin: String) throws(KubeError) -> ClusterAccess {
    guard var server = try cluster.text("server") else { throw cluster.error("server is not set") }
    guard server.hasPrefix("https://") || server.hasPrefix("http://") else {
      throw cluster["server"]?.error("must be an http or https URL") ?? cluster.error("server")
    }
    while server.hasSuffix("/") { server.removeLast() }
    var access = ClusterAccess(server: server, origin: origin)
    access.caBundle = try cluster.secret(data: "certificate-authority-data", file: "certificate-authority")
    access.serverName = try cluster.text("tls-server-name")
    access.skipsVerification = try cluster.bool("insecure-skip-tls-verify")
    access.proxy = try cluster.text("proxy-url")
    if access.skipsVerification, access.caBundle != nil {
      throw cluster.error("insecure-skip-tls-verify and a certificate-authority exclude each other")
    }
    return access
  }

  private static func user(_ user: KubeconfigNode) throws(KubeError) -> ClusterAccess.User {
    var result = ClusterAccess.User()
    for key in ["auth-provider", "username", "password", "as"] where user[key] != nil {
      throw user[key]?.error("this is not supported; use a token, a client certificate or exec") ?? user.error(key)
    }
    result.certificate = try user.secret(data: "client-certificate-data", file: "client-certificate")
    result.key = try user.secret(data: "client-key-data", file: "client-key")
    if result.certificate == nil, result.key != nil { throw user.error("client-certificate is not set, client-key is") }
    if result.key == nil, result.certificate != nil { throw user.error("client-key is not set, client-certificate is") }
    // A file can be renewed, so it has precedence over a token in the kubeconfig.
    result.token = try user.text("token").map { .bytes(Array($0.utf8)) }
    if let file = try user.file("tokenFile") { result.token = file }
    if let exec = try user.object("exec") { result.plugin = try plugin(exec) }
    return result
  }

  private static func plugin(_ exec: KubeconfigNode) throws(KubeError) -> CredentialPlugin {
    guard let command = try exec.text("command") else { throw exec.error("command is not set") }
    let version = try exec.text("apiVersion") ?? ""
    guard ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"].contains(version) else {
      throw exec.error("apiVersion must be client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1")
    }
    if try exec.text("interactiveMode") == "Always" {
      throw exec.error("interactiveMode: must not be Always, which needs a terminal")
    }
    var plugin = CredentialPlugin(
      command: command.contains("/") ? exec.resolved(command) : command, apiVersion: version,
      origin: "\(exec.file): \(exec.path)")
    plugin.arguments = try exec.list("args").map { argument throws(KubeError) in
      guard case .string(let text) = argument.value else { throw argument.error("must be a string") }
      return text
    }
    for variable in try exec.list("env") {
      guard let name = try variable.text("name") else { throw variable.error("this has no name") }
      plugin.environment.append(.init(name: name, value: try variable.text("value") ?? ""))
    }
    plugin.installHint = try exec.text("installHint")
    plugin.providesClusterInfo = try exec.bool("provideClusterInfo")
    return plugin
  }
}
