internal import JSON

/// A VlanConfig is the desired state, a VlanStatus the current one; every node needs both.
enum ClusterNetworkIsUp: Rule {
  static let requirement = "The cluster network is up on every node that its VlanConfigs match."

  static func evaluate(_ resolved: ResolvedClusterNetwork, _ context: EvaluationContext, _ findings: inout Findings) {
    let network = resolved.clusterNetwork
    let nodes = network.nodesNotUp
    guard !nodes.isEmpty else { return }
    let names = nodes.lazy.map { node in
      let status = network.statusesNotUp.first { $0.node.isExactly(node) }
      return "\(node) (\(status.map(\.explanation) ?? "no VlanStatus yet"))"
    }
    // Without a VlanStatus the network controller has not applied the network config, which shows the reason.
    let statuses = network.statusesNotUp.prefix(NameList.limit).map(\.name).joined(separator: " ")
    let object = statuses.isEmpty ? "vlanconfigs" : "vlanstatuses"
    findings.addViolation(
      resolved.fields.path(.clusterNetwork), .forbidden,
      """
      the cluster network \(network.name) is not up on \(nodes.count.counted("node")): \(names.englishList); repair the uplink, then \
      try again; for details: kubectl describe \(object).network.harvesterhci.io\(statuses.isEmpty ? "" : " \(statuses)")
      """)
  }
}

extension VLANStatusFact {
  fileprivate var explanation: String {
    message.isEmpty ? "VlanStatus \(name) is not ready" : "VlanStatus \(name): \(message.truncated(to: 200))"
  }
}
