internal import Addressing

/// Frames larger than the MTU of the receiving uplink are lost, which stalls replication without an error.
enum MTUsAreEqual: Rule {
  static let requirement = "All uplinks of the cluster network have the same MTU."

  static func evaluate(_ resolved: ResolvedClusterNetwork, _ context: EvaluationContext, _ findings: inout Findings) {
    let configs = resolved.clusterNetwork.configs
    guard let first = configs.first, configs.contains(where: { $0.mtu != first.mtu }) else { return }
    let names = Dictionary(grouping: configs, by: \.mtu).sorted { $0.key < $1.key }
      .map { "\($0.key) (\($0.value[0].name.truncated(to: Warning.maxNameLength / 2)))" }
    findings.addWarning(
      """
      \(resolved.fields.path(.clusterNetwork)): the network configs of \(resolved.clusterNetwork.name.truncated(to: 20)) have \
      different MTUs: \(names.prefix(3).joined(separator: ", ")); large frames would be lost, set one MTU
      """)
  }
}
