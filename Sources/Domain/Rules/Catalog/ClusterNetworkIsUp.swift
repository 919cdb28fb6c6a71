/// A VlanConfig says what shall be, a VlanStatus what is: both have to be true on every node.
enum ClusterNetworkIsUp: Rule {
  static let requirement = "The cluster network is up on every node that it reaches."

  static func evaluate(_ resolved: ResolvedClusterNetwork, _ context: EvaluationContext, _ findings: inout Findings) {
    let nodes = resolved.clusterNetwork.nodesNotUp
    guard !nodes.isEmpty else { return }
    findings.addViolation(
      resolved.fields.path(.clusterNetwork), .forbidden,
      """
      the cluster network \(resolved.clusterNetwork.name) is not up on \(nodes.count.counted("node")): \(nodes.englishList); \
      see what is wrong with kubectl get vlanstatuses.network.harvesterhci.io -o yaml
      """)
  }
}
