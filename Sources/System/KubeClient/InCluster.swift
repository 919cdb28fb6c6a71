internal import Platform

extension ClusterAccess {
  /// The access of a Pod to its own cluster: Kubernetes sets the address in the environment and mounts the CA and a
  /// token, which the kubelet renews long before it expires.
  ///
  /// <https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/>
  package static func inCluster(
    environment: (String) -> String? = Environment.value, folder: String = serviceAccountFolder
  ) throws(KubeError) -> ClusterAccess {
    guard let host = environment("KUBERNETES_SERVICE_HOST"), let port = environment("KUBERNETES_SERVICE_PORT"),
      !host.isEmpty, !port.isEmpty
    else {
      throw KubeError("not in a Pod: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set")
    }
    var access = ClusterAccess(
      server: "https://\(host.bracketed):\(port)", origin: "the Pod's service account")
    let token = DataOrFile.file("\(folder)/token")
    let caBundle = DataOrFile.file("\(folder)/ca.crt")
    _ = try token.read()
    _ = try caBundle.read()
    access.user.token = token
    access.caBundle = caBundle
    return access
  }

  package static let serviceAccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount"
}
