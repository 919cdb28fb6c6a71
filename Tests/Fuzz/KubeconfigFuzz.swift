import KubeClient

/// A kubeconfig gives access to a cluster, or an error that names the file.
func checkKubeconfig(_ input: [UInt8]) -> String? {
  do throws(KubeError) {
    let config = try Kubeconfig(text: input, of: "fuzz.yaml")
    let access = try config.access(context: nil)
    return access.server.isEmpty ? "there is access to nowhere" : nil
  } catch {
    return error.description.contains("fuzz.yaml") ? nil : "the error does not name the file: \(error)"
  }
}
