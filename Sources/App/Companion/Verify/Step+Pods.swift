internal import ClusterState
internal import KubeObjects
internal import Rules

extension Inspection {
  var podsAreOnNetwork: StepReport {
    let bare = bareNodes
    let good = pods.lazy.filter { $0.verdict == .good }.count
    let progress = Progress(done: good, of: pods.count + bare.count)
    let findings =
      (bare.isEmpty ? [] : [StepReport.Finding("no instance manager runs on \(bare.listed)")]) + podFindings
    let isBroken = pods.contains {
      switch $0.verdict {
      case .wrong, .doubled: true
      case .good, .waiting, .yetToMove: false
      }
    }
    return StepReport(
      .podsAreOnNetwork, isBroken ? .broken : good == pods.count && bare.isEmpty ? .done : .waiting,
      "\(good) of \((pods.count + bare.count).of("pod"))", findings, progress: progress)
  }

  private var podFindings: [StepReport.Finding] {
    var wrong: [PodReport] = []
    var yetToMove = 0
    var doubled = 0
    var findings: [StepReport.Finding] = []
    for report in pods {
      switch report.verdict {
      case .good: break
      case .wrong: wrong.append(report)
      case .yetToMove: yetToMove += 1
      case .doubled: doubled += 1
      case .waiting(let reason):
        let advice = "kubectl -n \(report.pod.namespace) describe pod \(report.pod.name)"
        findings.append(.init("\(report.pod.name) \(reason)", advice: report.pod.isBeingDeleted ? nil : advice))
      }
    }
    if yetToMove > 0 { findings.append(.init("\(yetToMove.of("pod")) \(yetToMove == 1 ? "has" : "have") yet to move")) }
    if doubled > 0 { findings.append(.init("\(doubled.of("pod")) share an address; the next step names them")) }
    return (wrong.isEmpty ? [] : [restart(wrong)]) + findings
  }

  /// A pod that started before the change never moves; Longhorn starts a new one in its place.
  private func restart(_ wrong: [PodReport]) -> StepReport.Finding {
    let names = wrong.map(\.pod.name).joined(separator: " ")
    return .init(
      "\(wrong.count.of("pod")) \(wrong.count == 1 ? "is" : "are") not where \(wrong.count == 1 ? "it" : "they") should be",
      advice: "detach every volume, then kubectl -n \(LonghornPod.namespace) delete pod \(names)")
  }

  /// Every node that stores data has an instance manager as soon as Longhorn is up.
  private var bareNodes: [String] {
    let served = Set(pods.lazy.filter { $0.pod.component == "instance-manager" }.map(\.pod.node))
    return facts.nodes.filter { !$0.isWitness && !served.contains($0.name) }.map(\.name)
  }

  var noPodWaitsForAddress: StepReport {
    let unready = Set(seen.pods.lazy.filter { !$0.isReady }.map(\.name))
    let all = seen.events.filter(\.tellsOfExhaustion)
    let events = all.filter { unready.contains($0.pod) }
    guard !events.isEmpty else {
      return StepReport(
        .noPodWaitsForAddress, .done, all.isEmpty ? "no event tells of one" : "those that did have been given one")
    }
    let pods = Dictionary(grouping: events, by: \.pod).mapValues { $0.reduce(0) { $0 + $1.count } }
    let findings = pods.sorted { $0.key < $1.key }.map { pod, count in
      StepReport.Finding("\(pod) has found none \(count == 1 ? "once" : "\(count) times")")
    }
    return StepReport(
      .noPodWaitsForAddress, .broken, "the range is exhausted",
      findings + [.init(pool?.explanation ?? "Whereabouts has no pool of this range", advice: remedy)])
  }

  private var remedy: String {
    if let pool, !pool.leaked.isEmpty { return "free the leaked addresses, which the step above names" }
    return "stop the virtual machines and choose a larger range: storage-network-webhook plan says how large"
  }

  var workloadsAreBack: StepReport {
    let missing = seen.workloads.filter { !$0.isBack }
    let progress = Progress(done: seen.workloads.count - missing.count, of: seen.workloads.count)
    let kept = missing.filter { $0.awaited != nil }
    let starting = missing.filter { $0.awaited == nil }.map { workload in
      StepReport.Finding(
        "\(workload.described) has \(workload.ready) of \(workload.wanted.of("replica")) ready",
        advice: "kubectl -n \(workload.namespace) get pods")
    }
    let stopped = kept.isEmpty ? [] : [stopped(kept)]
    return StepReport(
      .workloadsAreBack, missing.isEmpty ? .done : .waiting,
      seen.workloads.isEmpty ? "there is none" : "\(progress.done) of \(seen.workloads.count.of("workload"))",
      stopped + starting, progress: progress)
  }

  private func stopped(_ workloads: [ScaledWorkload]) -> StepReport.Finding {
    .init(
      "kept at no replica: \(workloads.map(\.described).listed)",
      advice: "Harvester brings \(workloads.count == 1 ? "it" : "them") back when Longhorn has followed")
  }
}

extension ScaledWorkload {
  fileprivate var isBack: Bool { awaited == nil && ready >= wanted }

  fileprivate var described: String { "\(kind) \(namespace)/\(name)" }
}
