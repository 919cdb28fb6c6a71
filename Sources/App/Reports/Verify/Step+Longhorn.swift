internal import KubeObjects
internal import Rules

extension VerifyInput {
  var longhornConfigured: StepReport {
    func report(_ state: StepReport.State, _ summary: String, _ findings: [StepReport.Finding] = []) -> StepReport {
      StepReport(.longhornConfigured, state, summary, findings)
    }
    guard change.hasRecordedValue else { return report(.inProgress, "it waits until Harvester takes up the value") }
    guard target.isDefined else { return report(.inProgress, "it waits for the network definition") }
    let wanted = target.definition
    let words = wanted.isEmpty ? "no storage network" : wanted
    guard let network = facts.longhorn.network else {
      return wanted.isEmpty
        ? report(.done, "Longhorn has no storage network")
        : report(.failed, "Longhorn has no setting storage-network")
    }
    guard network == wanted else {
      let has = network.isEmpty ? "no storage network" : network
      return report(change.isInProgress ? .inProgress : .failed, "Longhorn's setting is \(has), not \(words)")
    }
    guard let isApplied = facts.longhorn.isApplied else { return byPods(words) }
    guard isApplied else { return report(.inProgress, "Longhorn has not yet applied \(words)", [detaching]) }
    return report(.done, "\(words) is applied")
  }

  /// Longhorn before 1.6 does not report whether it has applied the setting, so the pods are compared.
  private func byPods(_ words: String) -> StepReport {
    let moved = movedPods
    return moved.done == moved.total
      ? StepReport(.longhornConfigured, .done, pods.isEmpty ? words : "\(words): Longhorn's pods have followed")
      : StepReport(
        .longhornConfigured, .inProgress, "\(words): \(moved.done) of \(moved.total.counted("pod")) have followed",
        [detaching])
  }

  private var detaching: StepReport.Finding {
    .init(
      "it waits until every volume is detached",
      advice: "kubectl -n longhorn-system get volumes.longhorn.io lists the attached volumes")
  }

  /// The number of pods that are on the target network.
  private var movedPods: Progress {
    let considered = pods.filter { report in
      guard report.pod.carriesStorage, case .nodeUnavailable = report.verdict else { return report.pod.carriesStorage }
      return false
    }
    let moved = considered.filter { ($0.interface?.network ?? "") == target.definition && !$0.pod.isBeingDeleted }
    // Without any pod none has followed, unless there is no network to follow.
    let expected = target == .disabled ? 0 : facts.nodes.filter { !$0.isWitness && outages[$0.name] == nil }.count
    return Progress(done: moved.count, of: max(considered.count, expected))
  }
}
