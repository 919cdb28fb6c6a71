internal import ClusterState
internal import Reports
internal import Rules

// Harvester and Longhorn on their way to the new network.
extension ChangeExecutor {
  /// Follows the change until it has arrived everywhere, as `verify --watch`.
  func followChange(_ store: RecordStore) throws(ChangeStop) -> StepResult {
    let record = store.record
    var monitor = ProgressMonitor(stallTimeout: options.timeout)
    let start = connection.uptime
    return try wait(store, every: .milliseconds(500)) { () throws(ChangeStop) -> StepResult? in
      var inspected = try connection.inspect()
      guard let setting = inspected.facts.storageNetwork,
        let input = VerifyInput(inspected.facts, inspected.extraFacts)
      else { throw .noSetting }
      // What is watched may be a moment older than the write.
      if setting.means(record.expected), !setting.means(record.value) {
        if connection.uptime - start >= options.timeout { throw try changedByOthers(setting) }
        return nil
      }
      guard setting.means(record.value) else { throw try changedByOthers(setting) }
      let outcome = monitor.record(input.report, at: connection.uptime - start)
      report(.verifying(monitor, outcome))
      switch outcome {
      case nil: return nil
      case .verified: return record.values.count > 1 ? .nextValue : .advance(.verified)
      case .stalled: throw stuck(input.report, record)
      }
    }
  }

  private func stuck(_ report: VerifyReport, _ record: ChangeRecord) -> ChangeStop {
    let open = report.steps.filter { !$0.state.isDone }.map { "«\($0.step.title)»: \($0.summary)" }
    let back =
      record.direction == .forward
      ? ["go back to \(ChangeRecord.described(record.original)): \(options.command("apply", "--revert"))"] : []
    return .stuck(
      "nothing has moved for \(options.timeout.words) at \(open.joined(separator: "; "))",
      advice: [
        "wait, and look again: \(options.command("verify", "--watch"))",
        "repair what is named above, then go on: \(options.command("apply", "--resume"))",
      ] + back)
  }
}
