/// Longhorn runs on every node but witnesses; where the cluster network has no uplink, its pods stay without an address
/// and the volumes without that node.
enum ClusterNetworkCoversNodes: Rule {
  static let requirement = "The VlanConfigs of the cluster network together match every node but witnesses."

  static func evaluate(_ resolved: ResolvedClusterNetwork, _ context: EvaluationContext, _ findings: inout Findings) {
    let missing = resolved.clusterNetwork.nodesWithoutConfig
    guard !missing.isEmpty else { return }
    findings.addViolation(
      resolved.fields.path(.clusterNetwork), .forbidden,
      """
      the cluster network \(resolved.clusterNetwork.name) has no uplink on \(missing.count.counted("node")): \
      \(missing.englishList); in the Web UI under Networks, Cluster Network Configuration, add a network config (VlanConfig) \
      that selects \(missing.count == 1 ? "it" : "them"), or let an existing one select \
      \(missing.count == 1 ? "it" : "them") too
      """)
  }
}
