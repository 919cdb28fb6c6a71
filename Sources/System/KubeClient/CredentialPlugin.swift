internal import JSON
internal import KubeObjects
internal import Platform

/// A program that provides credentials: the `exec` of a kubeconfig's user.
///
/// <https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins>
package struct CredentialPlugin: Sendable, Equatable {
  package var command: String
  package var arguments: [String] = []
  /// Variables to add to this process's environment.
  package var environment: [EnvironmentEntry] = []
  /// `client.authentication.k8s.io/v1` or `…/v1beta1`.
  package var apiVersion: String
  /// The hint for an operator who has not installed the program.
  package var installHint: String?
  package var providesClusterInfo = false
  /// The file and field of the kubeconfig, for messages.
  package var origin: String

  package struct EnvironmentEntry: Sendable, Equatable {
    package let name: String
    package let value: String
  }
}

/// The credentials from a plugin.
struct ProvidedCredential {
  var token: String?
  var certificate: [UInt8]?
  var key: [UInt8]?
  /// The expiry in seconds since 1970; nil if they are valid until the server rejects them.
  var expires: Int64?
}

extension CredentialPlugin {
  /// The timeout of the program. A confirmation by telephone takes a while; a program that hangs must not block
  /// watches.
  static let timeout: Duration = .seconds(60)
  /// The maximum output in bytes. A token or two PEM texts have a few KiB.
  static let maxOutputLength = 1024 * 1024

  func run(for access: ClusterAccess) throws(KubeError) -> ProvidedCredential {
    var variables = environment.map { ($0.name, $0.value) }
    variables.append(("KUBERNETES_EXEC_INFO", try info(for: access)))
    let output: [UInt8]
    do throws(ChildFailure) {
      output = try ChildProcess(command, arguments, environment: variables)
        .output(limit: Self.maxOutputLength, timeout: Self.timeout)
    } catch {
      let hint = error.isMissing ? installHint.map { " (\($0))" } ?? "" : ""
      throw KubeError("\(origin): \(error)\(hint)")
    }
    return try read(output)
  }

  /// Returns the input as an ExecCredential; this process has no interactive terminal.
  private func info(for access: ClusterAccess) throws(KubeError) -> String {
    var spec = [JSONMember(key: "interactive", value: .bool(false))]
    if providesClusterInfo { spec.append(JSONMember(key: "cluster", value: .object(try clusterInfo(access)))) }
    var writer = JSONWriter()
    writer.append(object: [
      JSONMember(key: "kind", value: .string("ExecCredential")),
      JSONMember(key: "apiVersion", value: .string(apiVersion)),
      JSONMember(key: "spec", value: .object(spec)),
    ])
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private func clusterInfo(_ access: ClusterAccess) throws(KubeError) -> [JSONMember] {
    var members = [JSONMember(key: "server", value: .string(access.server))]
    if let name = access.serverName { members.append(JSONMember(key: "tls-server-name", value: .string(name))) }
    if access.skipsVerification { members.append(JSONMember(key: "insecure-skip-tls-verify", value: .bool(true))) }
    if let proxy = access.proxy { members.append(JSONMember(key: "proxy-url", value: .string(proxy))) }
    if let caBundle = access.caBundle {
      let text = Base64.encode(try caBundle.read())
      members.append(JSONMember(key: "certificate-authority-data", value: .string(text)))
    }
    return members
  }

  private func read(_ output: [UInt8]) throws(KubeError) -> ProvidedCredential {
    guard let credential = try? JSONValue(parsing: output), credential["kind"]?.string == "ExecCredential",
      let status = credential["status"]
    else {
      throw KubeError("\(origin): \(command) printed no ExecCredential with a status")
    }
    guard credential["apiVersion"]?.string == apiVersion else {
      throw KubeError("\(origin): \(command) printed an ExecCredential of another apiVersion, not \(apiVersion)")
    }
    var provided = ProvidedCredential()
    provided.token = status.text("token")
    provided.certificate = status.text("clientCertificateData").map { Array($0.utf8) }
    provided.key = status.text("clientKeyData").map { Array($0.utf8) }
    if let text = status.text("expirationTimestamp") {
      guard let moment = WallClock.seconds(at: text) else {
        throw KubeError("\(origin): \(command) printed an expirationTimestamp that is no time: \(text)")
      }
      provided.expires = moment
    }
    if provided.token == nil, provided.certificate == nil || provided.key == nil {
      throw KubeError("\(origin): \(command) provided neither a token nor a certificate with its key")
    }
    return provided
  }
}

extension JSONValue {
  /// Returns the text of a member; nil if it is missing or empty.
  fileprivate func text(_ key: String) -> String? {
    guard let text = self[key]?.string, !text.isEmpty else { return nil }
    return text
  }
}
