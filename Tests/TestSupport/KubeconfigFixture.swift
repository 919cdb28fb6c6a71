/// A kubeconfig with one context.
enum KubeconfigFixture {
  /// - Parameters:
  ///   - authority: The file with the certificates to trust, relative to the kubeconfig's folder.
  ///   - user: The fields of the user's entry.
  static func text(server: String, authority: String, user: String) -> String {
    """
    apiVersion: v1
    kind: Config
    current-context: test
    contexts: [{name: test, context: {cluster: test, user: test}}]
    clusters: [{name: test, cluster: {server: "\(server)", certificate-authority: \(authority)}}]
    users: [{name: test, user: {\(user)}}]

    """
  }
}

extension StubAPIServer {
  /// Writes a kubeconfig for this server beside its certificates, and returns its path.
  @discardableResult
  public func writeKubeconfig(with certificates: Certificates) throws -> String {
    try certificates.folder.write(
      KubeconfigFixture.text(server: url, authority: "ca.pem", user: "token: abc"), to: "kubeconfig")
    return certificates.folder.path("kubeconfig")
  }
}
