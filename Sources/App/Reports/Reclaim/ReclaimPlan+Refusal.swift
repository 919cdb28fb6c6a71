internal import ClusterState
internal import KubeObjects
internal import Rules

extension VerifyInput {
  /// Whether pods lack an address that Harvester or Longhorn only waits for.
  var canEndExhaustion: Bool {
    isExhausted && (!change.isInProgress || change == .inProgress(.allocating))
  }

  var reasonAgainstReclaiming: ReclaimPlan.Refusal? {
    if target == .unreadable {
      return .init(
        reason: "the value of \(settingName) is not a network, so that the addresses in use are not known",
        advice: "correct the value first")
    }
    if extraFacts.pods.isEmpty {
      return .init(
        reason:
          "no pod of \(LonghornPod.namespace) is known, so that every address would seem to be of a pod that is gone",
        advice: "list the pods of \(LonghornPod.namespace)")
    }
    guard isMoving, !canEndExhaustion else { return nil }
    let advice = "wait until verify shows that every pod has moved"
    guard change.isInProgress else {
      return .init(reason: "Longhorn has not restarted every pod for the last change yet", advice: advice)
    }
    return .init(reason: "a change of the storage network is in progress: \(change.phase.described)", advice: advice)
  }
}
