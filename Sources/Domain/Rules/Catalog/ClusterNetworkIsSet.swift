/// Without a cluster network there is no bridge to attach the storage network to.
enum ClusterNetworkIsSet: Rule {
  static let requirement = "A cluster network is set."

  static func evaluate(_ fields: ProposedFields, _ context: EvaluationContext, _ findings: inout Findings) {
    if case .wrongType = fields.network.clusterNetwork { return }
    guard fields.network.clusterNetwork.value ?? "" == "" else { return }
    findings.addViolation(
      fields.path(.clusterNetwork), .required,
      "must name the cluster network that carries the storage traffic, for example \"storage\"")
  }
}
