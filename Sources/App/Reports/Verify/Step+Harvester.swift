internal import Rules

extension VerifyInput {
  var settingApplied: StepReport {
    func report(
      _ state: StepReport.State, _ summary: String, _ findings: [StepReport.Finding] = []
    ) -> StepReport {
      StepReport(
        .settingApplied, state, summary, findings + unusedDefault,
        progress: state.isDone ? HarvesterPhase.completed.progress : change.phase.progress)
    }
    switch change {
    case .unreadable:
      return report(
        .failed, "the setting's value is not a network",
        [.init("Harvester cannot apply this value", advice: "run storage-network-webhook check for the reasons")])
    case .valueNotRecorded: return report(.inProgress, "Harvester has not applied the value yet")
    case .stuckAtCreateNAD: return report(.failed, "Harvester is stuck and never applies the value", [stuck])
    case .nothingToDo: return report(.done, "there is nothing to apply")
    case .annotationsLost: return report(.failed, "Harvester ignores the empty value", [annotationsLost])
    case .noCondition: return report(.inProgress, "Harvester has not reported a state yet")
    case .completed(let reason): return report(.done, reason.isEmpty ? "completed" : reason.lowercased())
    case .failed(let reason, let message):
      return report(
        .failed, "\(reason): \(message)",
        [.init("Harvester reports a failure", advice: "kubectl -n harvester-system logs deployment/harvester")])
    case .inProgress(.allocating): return allocation(report)
    case .inProgress(let phase): return report(.inProgress, phase.described, findings(in: phase))
    }
  }

  private func findings(in phase: HarvesterPhase) -> [StepReport.Finding] {
    guard let condition = setting.configured, !condition.message.isEmpty else { return [] }
    switch phase {
    case .detachingVolumes:
      return [
        .init(condition.orderedMessage, advice: "stop what uses these volumes, or detach them in the Longhorn UI")
      ]
    case .pending: return [.init(condition.message)]
    default: return []
    }
  }

  /// Any other message releases Harvester, because the object that it writes then differs from the stored one.
  private var stuck: StepReport.Finding {
    let patch =
      #"{"status":{"conditions":[{"type":"configured","status":"False","reason":"In Progress","message":"retry"}]}}"#
    return .init(
      "the value was changed while the condition was create NAD, and with this message Harvester stores no other hash",
      advice: "kubectl patch \(settingName) --type merge -p '\(patch)'")
  }

  private var annotationsLost: StepReport.Finding {
    .init(
      """
      its annotations are lost, so that Harvester takes it for new; Longhorn still has \
      \(facts.longhorn.network ?? "a storage network")
      """,
      advice: """
        stop the virtual machines, then have it switched off: \
        kubectl annotate --overwrite \(settingName) \(annotation("hash"))=lost
        """)
  }

  private var unusedDefault: [StepReport.Finding] {
    setting.default.isBlank ? [] : [.init("the default is never in force; Harvester acts on the value alone")]
  }
}

// «IP allocation failure for Longhorn Pods» is set at every first configuration until Longhorn's pods have restarted,
// and permanently if Harvester waits for a node that needs no address or is absent.
extension VerifyInput {
  private func allocation(
    _ report: (StepReport.State, String, [StepReport.Finding]) -> StepReport
  ) -> StepReport {
    if isExhausted {
      return report(.inProgress, change.phase.described, [.init("the range is exhausted", advice: exhaustionRemedy)])
    }
    let used = pool?.used ?? 0
    let counted = facts.nodes.count
    let counts =
      "Harvester counts \(counted.counted("node")) and sees \(used.counted("address"))"
    guard !uncountedNodes.isEmpty, used < counted, used >= counted - uncountedNodes.count, laterStepsAreDone else {
      let words = "\(counts); the others come when Longhorn has restarted its pods"
      return report(.inProgress, change.phase.described, used < counted ? [.init(words)] : [])
    }
    return report(
      .warning, "all pods have an address; Harvester goes on waiting",
      [.init("\(counts); \(uncountedNodes.map(\.reason).joined(separator: "; "))")])
  }

  private var laterStepsAreDone: Bool {
    [networkDefined, longhornConfigured, podsAttached, addressesAvailable].allSatisfy(\.state.isDone)
  }

  /// The nodes for which this version of Harvester waits in vain.
  private var uncountedNodes: [(name: String, reason: String)] {
    let version = facts.version
    return facts.nodes.compactMap { node in
      if node.isWitness {
        // https://github.com/harvester/harvester/pull/9364
        guard version.map({ $0 < HarvesterVersion(1, 7) }) ?? true else { return nil }
        return (node.name, "witness \(node.name) needs none (harvester#9325, fixed by PR 9364)")
      }
      guard let outage = outages[node.name], version.map({ $0 < HarvesterVersion(1, 9) }) ?? true else { return nil }
      return (node.name, "\(node.name) is \(outage.described), and this Harvester waits for it (harvester#9375)")
    }
  }
}
