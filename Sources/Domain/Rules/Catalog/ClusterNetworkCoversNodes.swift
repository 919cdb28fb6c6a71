/// Longhorn runs on every node except witnesses. On a node without an uplink of the cluster network its pods get no
/// address, and volumes cannot use that node.
enum ClusterNetworkCoversNodes: Rule {
  static let requirement = "The VlanConfigs of the cluster network together match every node except witnesses."

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
