internal import ClusterState
internal import KubeObjects
internal import Rules

extension VerifyInput {
  /// Pods with addresses still need working uplinks to reach each other.
  var uplinksAreUp: StepReport {
    func report(_ state: StepReport.State, _ summary: String, _ findings: [StepReport.Finding] = []) -> StepReport {
      StepReport(.uplinksAreUp, state, summary, findings)
    }
    guard target != .disabled else { return report(.done, "no uplink is needed") }
    guard let clusterNetwork = attachment?.clusterNetwork else {
      return report(.inProgress, "it waits for the network definition")
    }
    guard !clusterNetwork.isEmpty else { return report(.warning, "the network definition names no cluster network") }
    guard clusterNetwork != "mgmt" else { return report(.done, "mgmt is up on every node") }
    let uplinks = extraFacts.uplinks.filter { $0.clusterNetwork == clusterNetwork }
    guard !uplinks.isEmpty else { return report(.warning, "no VlanStatus of \(clusterNetwork) is known") }
    let needed = facts.nodes.filter { !$0.isWitness && outages[$0.name] == nil }.map(\.name)
    let up = Set(uplinks.lazy.filter(\.isReady).map(\.node))
    let down = uplinks.filter { !up.contains($0.node) && needed.contains($0.node) }
    let unknown = needed.filter { node in !uplinks.contains { $0.node == node } }
    let findings = down.map(\.finding) + (unknown.isEmpty ? [] : [.init("no VlanStatus on \(unknown.englishList)")])
    let count = needed.count - unknown.count - Set(down.map(\.node)).count
    return StepReport(
      .uplinksAreUp, !down.isEmpty ? .failed : unknown.isEmpty ? .done : .warning,
      "\(clusterNetwork) is up on \(count) of \(needed.count.counted("node"))", findings,
      progress: Progress(done: down.isEmpty ? needed.count : count, of: needed.count))
  }

  /// Returns the VlanStatus message about a node's uplink; nil unless it is down.
  func uplinkProblem(on node: String) -> String? {
    guard let clusterNetwork = attachment?.clusterNetwork else { return nil }
    let uplink = extraFacts.uplinks.first { $0.node == node && $0.clusterNetwork == clusterNetwork && !$0.isReady }
    return uplink?.words
  }
}

extension VLANStatusFact {
  fileprivate var words: String {
    "\(clusterNetwork) is not up on \(node)\(message.isEmpty ? "" : ": \(message)")"
  }

  fileprivate var finding: StepReport.Finding {
    .init(
      words, advice: "kubectl get vlanstatuses.network.harvesterhci.io -o yaml; repair the uplink of \(clusterNetwork)")
  }
}
