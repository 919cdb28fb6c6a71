internal import Addressing
internal import ClusterState
internal import KubeObjects
internal import Rules

extension VerifyInput {
  var allocationsConsistent: StepReport {
    guard let pool else {
      return StepReport(.allocationsConsistent, .done, "no address of a storage network is in use")
    }
    var findings: [StepReport.Finding] = []
    if !pool.duplicates.isEmpty { findings.append(pool.duplicatesFinding) }
    if !pool.unrecorded.isEmpty { findings.append(pool.unrecordedFinding(isMoving: isMoving)) }
    if !pool.leaked.isEmpty || !pool.orphanedReservations.isEmpty {
      let plan = ReclaimPlan(of: self)
      findings += pool.leakedFindings(plan) + pool.orphanedReservationsFindings(plan)
    }
    if !pool.otherNamespaces.isEmpty {
      findings.append(
        .init(
          "\(pool.otherNamespaces.count.counted("address")) of other namespaces: \(pool.otherNamespaces.englishList)"))
    }
    return StepReport(.allocationsConsistent, state(of: pool, findings), pool.explanation, findings)
  }

  /// During restarts the list of pods and the pool show different moments.
  private func state(of pool: PoolReport, _ findings: [StepReport.Finding]) -> StepReport.State {
    if !pool.duplicates.isEmpty { return .failed }
    if pool.isKnown, !pool.unrecorded.isEmpty { return isMoving ? .inProgress : .failed }
    return findings.isEmpty ? .done : .warning
  }
}

extension PoolReport {
  fileprivate var duplicatesFinding: StepReport.Finding {
    .init(
      "handed out twice: \(duplicates.englishList)",
      advice: "detach every volume, then delete one pod of each pair, so that it is given another address")
  }

  fileprivate func unrecordedFinding(isMoving: Bool) -> StepReport.Finding {
    guard isKnown else {
      return .init("there is no IPPool of \(range), so that the pods cannot be compared with it")
    }
    guard !isMoving else { return .init("not yet in the pool: \(unrecorded.englishList)") }
    return .init(
      "not in the pool, so that Whereabouts may hand them out again: \(unrecorded.englishList)",
      advice: "detach every volume, then delete these pods, so that they are given an address that is recorded")
  }

  fileprivate func leakedFindings(_ plan: ReclaimPlan) -> [StepReport.Finding] {
    let shared = plan.sharedPools.flatMap { shared in
      shared.leaked.allocations.map { allocation in
        ReclaimPlan.LeftAlone(
          object: shared.leaked.pool.object, reservation: allocation.reservation,
          obstacle: .usedToo(by: shared.networks))
      }
    }
    let reconciler = "Whereabouts' reconciler frees them once a day"
    return findings(
      "leaked", leaked, advice: "\(reconciler); verify --reclaim shows how to free them at once",
      leftAlone: shared + plan.entriesLeftAlone
    ) { obstacle, _ in "\(reconciler); verify --reclaim leaves them alone: \(obstacle.words)" }
  }

  /// An orphaned reservation blocks its address in every overlapping range.
  fileprivate func orphanedReservationsFindings(_ plan: ReclaimPlan) -> [StepReport.Finding] {
    findings(
      "reserved over all ranges for pods that are gone", orphanedReservations,
      advice: "verify --reclaim shows how to delete the reservations", leftAlone: plan.reservationsLeftAlone
    ) { obstacle, entries in
      "verify --reclaim leaves them alone: \(obstacle.words)"
        + (obstacle == .podIsNotReady ? "" : "; if no pod has one of them: \(Self.deletion(of: entries))")
    }
  }

  private static func deletion(of reservations: [ReclaimPlan.LeftAlone]) -> String {
    let resource = VerifyKind.addressReservation.resource.name
    return Kubectl()(
      ["-n", reservations.first?.object.namespace ?? "", "delete", resource] + reservations.map(\.object.name))
  }

  /// A finding of what `--reclaim` removes, and one for each reason to leave the others alone.
  private func findings(
    _ heading: String, _ entries: [Entry], advice: String, leftAlone: [ReclaimPlan.LeftAlone],
    adviceAgainst: (ReclaimPlan.Obstacle, [ReclaimPlan.LeftAlone]) -> String
  ) -> [StepReport.Finding] {
    let removable = entries.filter { entry in !leftAlone.contains { $0.reservation == entry } }
    let findings: [StepReport.Finding] =
      removable.isEmpty ? [] : [.init("\(heading): \(removable.englishList)", advice: advice)]
    return findings
      + leftAlone.byObstacle.map { obstacle, entries in
        .init("\(heading): \(entries.map(\.reservation).englishList)", advice: adviceAgainst(obstacle, entries))
      }
  }
}

extension [AddressPoolFact.Reservation] {
  var englishList: String { map { "\($0.address) (\($0.pod))" }.englishList }
}
