package import ClusterState
internal import KubeObjects
package import Reports

/// What `verify --reclaim` needs of the world, as functions: tests script a cluster behind them.
package struct ReclaimCluster {
  /// Sends one request and returns its response.
  package var exchange: (APIRequest) throws(Unanswered) -> APIResponse
  /// What `verify` reads.
  package var inspect: () throws -> VerifySnapshot

  package init(
    exchange: @escaping (APIRequest) throws(Unanswered) -> APIResponse, inspect: @escaping () throws -> VerifySnapshot
  ) {
    self.exchange = exchange
    self.inspect = inspect
  }
}

/// Removes what Whereabouts keeps for pods that are gone, one by one.
///
/// Before each write the object is read, then the pod: a pod that uses the entry then would have existed. The write names the
/// version of the object, so that an allocation in between makes it fail.
package final class ReclaimExecutor {
  /// Whether anything may be removed.
  package enum Consent {
    /// The commands are printed, and nothing is removed.
    case missing
    case given
    /// The commands are printed, and the user is asked, once.
    case asked(() throws(ChangeStop) -> Bool)
  }

  let cluster: ReclaimCluster
  private let consent: Consent
  let command: ProgramCommand
  let report: (ReclaimEvent) -> Void

  package init(
    _ cluster: ReclaimCluster, _ command: ProgramCommand, _ consent: Consent,
    report: @escaping (ReclaimEvent) -> Void
  ) {
    self.cluster = cluster
    self.command = command
    self.consent = consent
    self.report = report
  }

  package func run() throws(ChangeStop) -> ReclaimOutcome {
    let plan = try plan()
    report(.found(plan))
    if plan.isEmpty { return .clean }
    try requireStandstill(plan)
    switch consent {
    case .missing:
      report(.commands(plan))
      return .listed
    case .given:
      try requireAccess(for: plan.steps)
    case .asked(let confirm):
      report(.commands(plan))
      try requireAccess(for: plan.steps)
      guard try confirm() else { throw .declined }
      // The answer may take minutes.
      try requireStandstill(try self.plan())
    }
    return try remove(plan)
  }

  /// Prints the commands for a cluster that is known from files alone.
  package static func list(
    _ plan: ReclaimPlan, report: (ReclaimEvent) -> Void
  ) throws(ChangeStop) -> ReclaimOutcome {
    report(.found(plan))
    if plan.isEmpty { return .clean }
    if let refusal = plan.refusal { throw .refused(refusal.reason, advice: refusal.advice) }
    report(.commands(plan))
    return .listed
  }

  /// The pods are listed after the pools: an address of a new pod must not look leaked.
  private func plan() throws(ChangeStop) -> ReclaimPlan {
    var snapshot: VerifySnapshot
    do {
      snapshot = try cluster.inspect()
    } catch {
      throw .unavailable("\(error)")
    }
    var extraFacts = snapshot.extraFacts
    extraFacts.pods = try listPods()
    guard let input = VerifyInput(snapshot.facts, extraFacts) else { throw .noSetting }
    return ReclaimPlan(of: input)
  }

  private func remove(_ plan: ReclaimPlan) throws(ChangeStop) -> ReclaimOutcome {
    var (removed, kept, doubtful) = (0, 0, 0)
    /// The pools of which an entry is left alone: they are not empty.
    var keptPools: Set<String> = []
    for write in plan.steps {
      if case .deletePool(let pool) = write, keptPools.contains(pool.object.name) { continue }
      switch try remove(write) {
      case .removed: removed += 1
      case .doubtful:
        removed += 1
        doubtful += 1
      case .gone: report(.alreadyGone(write))
      case .kept(let reason):
        kept += 1
        report(.kept(write, reason: reason))
        if case .release(_, let pool) = write { keptPools.insert(pool.object.name) }
      }
    }
    return .removed(removed, kept: kept, doubtful: doubtful)
  }
}

extension ReclaimPlan {
  /// Each entry and each object alone, so that what is left alone holds nothing up. A former pool that becomes empty is
  /// deleted with the others.
  fileprivate var steps: [ReclaimWrite] {
    pools.flatMap { leaked in leaked.allocations.map { ReclaimWrite.release([$0], of: leaked.pool) } }
      + reservations.map(ReclaimWrite.deleteReservation) + (formerPools + emptyPools).map(ReclaimWrite.deletePool)
  }
}
