/// Without a cluster network there is no bridge to attach the storage network to.
enum ClusterNetworkIsNamed: Rule {
  static let demand = "A cluster network is named."

  static func judge(_ entries: Entries, _ world: World, _ findings: inout Findings) {
    if case .wrongType = entries.network.clusterNetwork { return }
    guard entries.network.clusterNetwork.value ?? "" == "" else { return }
    findings.refuse(
      entries.path(.clusterNetwork),
      "is missing; name the cluster network that carries the storage traffic, such as \"storage\"")
  }
}
