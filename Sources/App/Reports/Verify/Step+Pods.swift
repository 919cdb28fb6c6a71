internal import ClusterState
internal import KubeObjects
internal import Rules

extension VerifyInput {
  var podsAttached: StepReport {
    let bare = nodesWithoutInstanceManager
    let good = pods.lazy.filter { $0.verdict == .ok }.count
    let progress = Progress(done: good, of: pods.count + bare.count)
    let findings =
      (bare.isEmpty ? [] : [StepReport.Finding("no instance manager runs on \(bare.englishList)")]) + podFindings
    let isBroken = pods.contains {
      switch $0.verdict {
      case .misplaced, .duplicateAddress: true
      case .ok, .waiting, .pendingRestart: false
      }
    }
    return StepReport(
      .podsAttached, isBroken ? .failed : good == pods.count && bare.isEmpty ? .done : .inProgress,
      "\(good) of \((pods.count + bare.count).counted("pod"))", findings, progress: progress)
  }

  private var podFindings: [StepReport.Finding] {
    var wrong: [PodReport] = []
    var pendingRestart = 0
    var doubled = 0
    var findings: [StepReport.Finding] = []
    for report in pods {
      switch report.verdict {
      case .ok: break
      case .misplaced: wrong.append(report)
      case .pendingRestart: pendingRestart += 1
      case .duplicateAddress: doubled += 1
      case .waiting(let reason):
        let advice = "kubectl -n \(report.pod.namespace) describe pod \(report.pod.name)"
        findings.append(.init("\(report.pod.name) \(reason)", advice: report.pod.isBeingDeleted ? nil : advice))
      }
    }
    if pendingRestart > 0 {
      findings.append(.init("\(pendingRestart.counted("pod")) \(pendingRestart == 1 ? "has" : "have") yet to move"))
    }
    if doubled > 0 { findings.append(.init("\(doubled.counted("pod")) share an address; the next step names them")) }
    return (wrong.isEmpty ? [] : [restart(wrong)]) + findings
  }

  /// A pod that started before the change never moves; Longhorn starts a new one in its place.
  private func restart(_ wrong: [PodReport]) -> StepReport.Finding {
    let names = wrong.map(\.pod.name).joined(separator: " ")
    return .init(
      "\(wrong.count.counted("pod")) \(wrong.count == 1 ? "is" : "are") not where \(wrong.count == 1 ? "it" : "they") should be",
      advice: "detach every volume, then kubectl -n \(LonghornPod.namespace) delete pod \(names)")
  }

  /// Every node that stores data has an instance manager as soon as Longhorn is up.
  private var nodesWithoutInstanceManager: [String] {
    let served = Set(pods.lazy.filter { $0.pod.component == "instance-manager" }.map(\.pod.node))
    return facts.nodes.filter { !$0.isWitness && !served.contains($0.name) }.map(\.name)
  }

  var addressesAvailable: StepReport {
    let unready = Set(extraFacts.pods.lazy.filter { !$0.isReady }.map(\.name))
    let all = extraFacts.events.filter(\.reportsAddressExhaustion)
    let events = all.filter { unready.contains($0.pod) }
    guard !events.isEmpty else {
      return StepReport(
        .addressesAvailable, .done, all.isEmpty ? "no event tells of one" : "those that did have been given one")
    }
    let pods = Dictionary(grouping: events, by: \.pod).mapValues { $0.reduce(0) { $0 + $1.count } }
    let findings = pods.sorted { $0.key < $1.key }.map { pod, count in
      StepReport.Finding("\(pod) has found none \(count == 1 ? "once" : "\(count) times")")
    }
    return StepReport(
      .addressesAvailable, .failed, "the range is exhausted",
      findings + [.init(pool?.explanation ?? "Whereabouts has no pool of this range", advice: remedy)])
  }

  private var remedy: String {
    if let pool, !pool.leaked.isEmpty { return "free the leaked addresses, which the step above names" }
    return "stop the virtual machines and choose a larger range: storage-network-webhook plan says how large"
  }

  var workloadsRestored: StepReport {
    let missing = extraFacts.workloads.filter { !$0.isRestored }
    let progress = Progress(done: extraFacts.workloads.count - missing.count, of: extraFacts.workloads.count)
    let kept = missing.filter { $0.awaited != nil }
    let starting = missing.filter { $0.awaited == nil }.map { workload in
      StepReport.Finding(
        "\(workload.described) has \(workload.ready) of \(workload.wanted.counted("replica")) ready",
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
  fileprivate var isRestored: Bool { awaited == nil && ready >= wanted }

  fileprivate var described: String { "\(kind) \(namespace)/\(name)" }
}
