internal import Addressing
internal import Rules

extension VerifyInput {
  var allocationsConsistent: StepReport {
    guard let pool else {
      return StepReport(.allocationsConsistent, .done, "no address of a storage network is in use")
    }
    var findings: [StepReport.Finding] = []
    if !pool.duplicates.isEmpty { findings.append(pool.duplicatesFinding) }
    if !pool.unrecorded.isEmpty { findings.append(pool.unrecordedFinding(isMoving: isMoving)) }
    if !pool.leaked.isEmpty { findings.append(pool.leakedFinding) }
    if !pool.orphanedReservations.isEmpty { findings.append(pool.orphanedReservationsFinding) }
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

  fileprivate var leakedFinding: StepReport.Finding {
    .init(
      "leaked: \(leaked.englishList)",
      advice: "Whereabouts' reconciler frees them once a day; verify --reclaim shows how to free them at once")
  }

  /// An orphaned reservation blocks its address in every overlapping range.
  fileprivate var orphanedReservationsFinding: StepReport.Finding {
    .init(
      "reserved over all ranges for pods that are gone: \(orphanedReservations.englishList)",
      advice: "verify --reclaim shows how to delete the reservations")
  }
}

extension [AddressPoolFact.Reservation] {
  fileprivate var englishList: String { map { "\($0.address) (\($0.pod))" }.englishList }
}
