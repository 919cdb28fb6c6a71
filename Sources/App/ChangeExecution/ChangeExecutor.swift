internal import ClusterState
internal import Reports
internal import Rules

/// Carries out a change of the storage network, step by step.
///
/// Every step reads the cluster, does what is missing, and ends with a value: the next phase. A step may be done twice, so
/// the process may end after any request; the next one begins with the recorded phase.
package final class ChangeExecutor {
  /// How a step ended.
  enum StepResult {
    case advance(ChangeRecord.Phase)
    /// The first of several values has arrived everywhere.
    case nextValue
    /// Nothing is left to do; the record is removed.
    case finish(ChangeOutcome)
    /// The record stays for another call.
    case leave(ChangeOutcome)
  }

  let connection: ChangeConnection
  /// Asks the user; called once, before the first write.
  let confirm: () throws(ChangeStop) -> Bool
  /// Whether KubeVirt's subresources are served.
  var usesSubresources = true

  var options: ChangeOptions { connection.options }

  package init(
    _ cluster: ChangeCluster, _ options: ChangeOptions, confirm: @escaping () throws(ChangeStop) -> Bool,
    report: @escaping (ChangeEvent) -> Void
  ) {
    connection = ChangeConnection(cluster, options, report)
    self.confirm = confirm
  }

  /// Runs to the end of the change, or to what stops it.
  package func run(_ command: ChangeCommand) throws(ChangeStop) -> ChangeOutcome {
    let store: RecordStore
    switch try prepare(command) {
    case .done(let outcome): return outcome
    case .ready(let prepared): store = prepared
    }
    report(.entered(store.record))
    while true {
      switch try step(store) {
      case .advance(let phase): try enter(store) { $0.phase = phase }
      case .nextValue:
        try enter(store) { record in
          record.expected = record.values.removeFirst()
          record.phase = .stopped
        }
      case .finish(let outcome):
        try store.remove()
        return outcome
      case .leave(let outcome): return outcome
      }
    }
  }

  private func step(_ store: RecordStore) throws(ChangeStop) -> StepResult {
    switch store.record.phase {
    case .prepared: .advance(.stopping)
    case .stopping: try stopMachines(store)
    case .stopped: try writeValue(store)
    case .written: try followChange(store)
    case .verified: try decideAboutMachines(store)
    case .starting: try startMachines(store)
    }
  }

  private func enter(_ store: RecordStore, _ change: (inout ChangeRecord) -> Void) throws(ChangeStop) {
    try store.update(change)
    report(.entered(store.record))
  }

  func report(_ event: ChangeEvent) { connection.report(event) }

  /// Looks again and again until there is a result, and makes sure meanwhile that the change is still this process's.
  func wait<Result>(
    _ store: RecordStore, every interval: Duration = .milliseconds(250), _ look: () throws(ChangeStop) -> Result?
  ) throws(ChangeStop) -> Result {
    while true {
      if let result = try look() { return result }
      try store.confirmSession()
      connection.cluster.pause(interval)
    }
  }
}

/// Notices that nothing has changed for too long.
struct StallTimer<Key: Equatable> {
  private var key: Key?
  private var since = Duration.zero

  /// Records what is seen now, and returns the time for which it has been the same.
  mutating func see(_ key: Key, at now: Duration) -> Duration {
    if key != self.key {
      self.key = key
      since = now
    }
    return now - since
  }

  /// Begins anew, as after a request that may help.
  mutating func restart() { key = nil }
}
