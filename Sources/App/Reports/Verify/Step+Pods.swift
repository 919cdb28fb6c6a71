internal import ClusterState
internal import KubeObjects
internal import Rules

extension VerifyInput {
  var podsAttached: StepReport {
    let missing = nodesWithoutInstanceManager.filter { outages[$0] == nil }
    let good = pods.lazy.filter { $0.verdict == .ok }.count
    let expected = pods.count + missing.count - podsOfUnavailableNodes.count
    let isHere = !facts.nodes.isEmpty && good == expected
    let state: StepReport.State =
      pods.contains(where: \.verdict.isFailed)
      ? .failed : !isHere ? .inProgress : outageFindings.isEmpty ? .done : .warning
    return StepReport(
      .podsAttached, state, "\(good) of \(expected.counted("pod"))",
      (facts.nodes.isEmpty ? [.init("no node is known, so that nothing is known of their pods")] : [])
        + (missing.isEmpty ? [] : [.init("no instance manager runs on \(missing.englishList)")]) + podFindings
        + outageFindings,
      progress: facts.nodes.isEmpty ? Progress(done: 0, of: 1) : Progress(done: good, of: expected))
  }

  private var podFindings: [StepReport.Finding] {
    let misplaced = pods.filter { if case .misplaced = $0.verdict { true } else { false } }
    let pendingRestart = pods.filter { $0.verdict == .pendingRestart }
    let duplicates = pods.lazy.filter { if case .duplicateAddress = $0.verdict { true } else { false } }.count
    var findings = misplaced.isEmpty ? [] : [restart(misplaced)]
    findings += pods.compactMap(finding)
    if !pendingRestart.isEmpty { findings.append(waiting(for: pendingRestart)) }
    if duplicates > 0 {
      findings.append(.init("\(duplicates.counted("pod")) share an address; the next step names them"))
    }
    return findings
  }

  /// Returns the finding about a pod that is not ready.
  private func finding(_ report: PodReport) -> StepReport.Finding? {
    let describe = "kubectl -n \(report.pod.namespace) describe pod \(report.pod.name)"
    switch report.verdict {
    case .ok, .pendingRestart, .nodeUnavailable, .misplaced, .duplicateAddress: return nil
    case .waiting(let reason):
      return .init("\(report.pod.name) \(reason)", advice: report.pod.isBeingDeleted || isExhausted ? nil : describe)
    case .blocked(let reason):
      let uplink = uplinkProblem(on: report.pod.node).map { "; \($0)" } ?? ""
      let place = report.pod.node.isEmpty ? "" : " on \(report.pod.node)"
      return .init("\(report.pod.name)\(place) \(reason)\(uplink)", advice: remedy(for: reason, describe))
    }
  }

  private func remedy(for reason: String, _ describe: String) -> String {
    if reason.lowercased().contains("link not found") {
      return """
        the bridge of the cluster network is not on this node: \
        kubectl get vlanconfigs.network.harvesterhci.io,vlanstatuses.network.harvesterhci.io
        """
    }
    return reason.contains("failed to find plugin")
      ? "the plugin is not on this node: kubectl -n kube-system get pods -o wide" : describe
  }

  private func waiting(for pendingRestart: [PodReport]) -> StepReport.Finding {
    let isOne = pendingRestart.count == 1
    let words = "\(pendingRestart.count.counted("pod")) \(isOne ? "has" : "have") yet to move"
    // Longhorn or Harvester itself reports what it waits for.
    guard !change.isInProgress, facts.longhorn.isApplied != false, attachment != nil || target == .disabled else {
      return .init(words)
    }
    return .init(
      words,
      advice: """
        wait: Longhorn restarts \(isOne ? "it" : "them") when every volume is detached; attached volumes: \
        kubectl -n \(LonghornPod.namespace) get volumes.longhorn.io
        """)
  }

  /// A pod that started before the change never moves; Longhorn replaces it.
  private func restart(_ misplaced: [PodReport]) -> StepReport.Finding {
    let names = misplaced.map(\.pod.name).joined(separator: " ")
    let isOne = misplaced.count == 1
    // The replacement would not start without the definition.
    let canStart = attachment != nil || target == .disabled
    return .init(
      "\(misplaced.count.counted("pod")) \(isOne ? "is" : "are") not where \(isOne ? "it" : "they") should be",
      advice: canStart ? "detach every volume, then kubectl -n \(LonghornPod.namespace) delete pod \(names)" : nil)
  }
}

// Every node that stores data has an instance manager once Longhorn is up; a witness has none.
extension VerifyInput {
  private var nodesWithoutInstanceManager: [String] {
    let served = Set(pods.lazy.filter { $0.pod.component == "instance-manager" }.map(\.pod.node))
    return facts.nodes.filter { !$0.isWitness && !served.contains($0.name) }.map(\.name)
  }

  private var podsOfUnavailableNodes: [PodReport] {
    pods.filter { if case .nodeUnavailable = $0.verdict { true } else { false } }
  }

  /// The unavailable nodes that lack an instance manager or whose pods are not in place.
  private var outageFindings: [StepReport.Finding] {
    let nodes = Set(nodesWithoutInstanceManager).union(podsOfUnavailableNodes.map(\.pod.node))
    return nodes.sorted().compactMap { node in
      outages[node].map { .init("\(node) is \($0.described); its instance manager comes when it is back") }
    }
  }
}

extension VerifyInput {
  var addressesAvailable: StepReport {
    let events = exhaustionEvents
    guard !events.isEmpty else {
      return StepReport(
        .addressesAvailable, .done,
        extraFacts.events.contains(where: \.reportsAddressExhaustion)
          ? "pods that waited have addresses now" : "no event reports one")
    }
    let pods = Dictionary(grouping: events, by: \.pod).mapValues { $0.reduce(0) { $0 + $1.count } }
    let findings = pods.sorted { $0.key < $1.key }.map { pod, count in
      StepReport.Finding("\(pod) found no free address \(count == 1 ? "once" : "\(count) times")")
    }
    return StepReport(
      .addressesAvailable, .failed, "the range is exhausted",
      findings + [.init(pool?.explanation ?? "Whereabouts has no pool of this range", advice: exhaustionRemedy)])
  }

  /// While a change is in progress, the webhook accepts only the empty value.
  var exhaustionRemedy: String {
    let larger =
      change.isInProgress
      ? """
      stop the virtual machines, empty the value first, wait until that is done, then set the larger range: \
      storage-network-webhook plan calculates its size
      """
      : "stop the virtual machines and choose a larger range: storage-network-webhook plan calculates its size"
    guard let pool, !pool.leaked.isEmpty else { return larger }
    return
      "free the leaked addresses, which «\(Step.allocationsConsistent.title)» names; if that is not enough, \(larger)"
  }

  var workloadsRestored: StepReport {
    let missing = extraFacts.workloads.filter { !$0.isRestored }
    let progress = Progress(done: extraFacts.workloads.count - missing.count, of: extraFacts.workloads.count)
    let kept = missing.filter { $0.replicasBeforeStop != nil }
    let starting = missing.filter { $0.replicasBeforeStop == nil }.map { workload in
      StepReport.Finding(
        "\(workload.described) has \(workload.readyReplicas) of \(workload.desiredReplicas.counted("replica")) ready",
        advice: "kubectl -n \(workload.namespace) get pods")
    }
    let stopped = kept.isEmpty ? [] : [stopped(kept)]
    return StepReport(
      .workloadsRestored, missing.isEmpty ? .done : .inProgress,
      extraFacts.workloads.isEmpty
        ? "there is none" : "\(progress.done) of \(extraFacts.workloads.count.counted("workload"))",
      stopped + starting, progress: progress)
  }

  private func stopped(_ workloads: [ScaledWorkload]) -> StepReport.Finding {
    .init(
      "kept at no replica: \(workloads.map(\.described).englishList)",
      advice: "Harvester brings \(workloads.count == 1 ? "it" : "them") back when Longhorn has followed")
  }
}

extension ScaledWorkload {
  fileprivate var isRestored: Bool { replicasBeforeStop == nil && readyReplicas >= desiredReplicas }

  fileprivate var described: String { "\(kind) \(namespace)/\(name)" }
}
