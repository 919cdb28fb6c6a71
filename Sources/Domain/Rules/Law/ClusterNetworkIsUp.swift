/// A VlanConfig says what shall be, a VlanStatus what is: both have to be true on every node.
enum ClusterNetworkIsUp: Rule {
  static let demand = "The cluster network is up on every node that it reaches."

  static func judge(_ carrier: Carrier, _ world: World, _ findings: inout Findings) {
    let nodes = carrier.clusterNetwork.nodesNotUp
    guard !nodes.isEmpty else { return }
    findings.refuse(
      carrier.entries.path(.clusterNetwork),
      """
      the cluster network \(carrier.clusterNetwork.name) is not up on \(nodes.count.of("node")): \(nodes.listed); \
      see what is wrong with kubectl get vlanstatuses.network.harvesterhci.io -o yaml
      """)
  }
}
