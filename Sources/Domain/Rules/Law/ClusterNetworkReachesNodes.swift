/// Longhorn runs on every node but witnesses; where the cluster network has no uplink, its pods stay without an address
/// and the volumes without that node.
enum ClusterNetworkReachesNodes: Rule {
  static let demand = "The VlanConfigs of the cluster network together match every node but witnesses."

  static func judge(_ carrier: Carrier, _ world: World, _ findings: inout Findings) {
    let missing = carrier.clusterNetwork.nodesWithoutConfig
    guard !missing.isEmpty else { return }
    findings.refuse(
      carrier.entries.path(.clusterNetwork),
      """
      the cluster network \(carrier.clusterNetwork.name) has no uplink on \(missing.count.of("node")): \
      \(missing.listed); add a network config (VlanConfig) that selects \(missing.count == 1 ? "it" : "them"), or let \
      an existing one select \(missing.count == 1 ? "it" : "them") too
      """)
  }
}
