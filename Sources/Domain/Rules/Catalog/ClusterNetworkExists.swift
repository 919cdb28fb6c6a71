internal import JSON

/// The cluster network provides the bridge of the storage network. Harvester does not check that it exists, and pods then
/// wait for the bridge without end. The management network always exists.
enum ClusterNetworkExists: Rule {
  static let requirement = "The cluster network exists and is ready."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    guard let name = fields.network.clusterNetwork.value, !name.isEmpty, !name.isExactly(managementNetwork) else {
      return
    }
    let networks = context.facts.clusterNetworks
    guard let network = networks.first(where: { $0.name.isExactly(name) }) else {
      return findings.addViolation(
        fields.path(.clusterNetwork), .notFound(name.quoted), advice(on: name, among: networks.map(\.name)))
    }
    guard network.isReady == false else { return }
    findings.addViolation(
      fields.path(.clusterNetwork), .forbidden,
      """
      the cluster network \(name) is not ready; see why with \
      kubectl describe clusternetworks.network.harvesterhci.io \(name)
      """)
  }

  private static func advice(on name: String, among networks: [String]) -> String {
    if networks.isEmpty {
      return
        "this cluster has no cluster network; create it in the Web UI under Networks, Cluster Network Configuration"
    }
    let correction = name.nearest(of: networks).map { "; did you mean \($0.quoted)?" } ?? ""
    return "must be a cluster network; this cluster has \(networks.englishList)\(correction)"
  }
}
