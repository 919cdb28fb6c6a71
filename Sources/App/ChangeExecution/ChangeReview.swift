package import ClusterState
package import Reports
package import Rules

/// What `check` says of a value, and what the change would set in motion.
package struct ChangeReview {
  package let change: Change
  package let report: CheckReport
  package let preview: ChangePreview
  let facts: ChangeFacts
  private let options: ChangeOptions

  /// - Throws: The cluster has no setting.
  package init(
    of value: [UInt8], in facts: ChangeFacts, _ extraFacts: VerifyFacts, _ options: ChangeOptions
  ) throws(ChangeStop) {
    guard let stored = facts.setting else { throw .noSetting }
    self.facts = facts
    self.options = options
    change = Change.update(from: stored, to: stored.with(value))
    // The checklist is about the moment of the write.
    report = CheckReport(
      of: change, in: options.stopsMachines ? facts.afterStoppingMachines : facts.rules, options.ruleset)
    preview = ChangePreview(of: change, report, in: facts.rules, facts.users, extraFacts, options.ruleset)
  }

  /// Why the change must not be made; nil if it may.
  var refusal: ChangeStop? {
    guard !report.isAllowed else { return nil }
    let isOnlyAboutMachines =
      !options.stopsMachines && !facts.machines.isEmpty
      && CheckReport(of: change, in: facts.afterStoppingMachines, options.ruleset).isAllowed
    return .refused(
      report.violations.map { "\($0.field): \($0.message)" },
      advice: isOnlyAboutMachines ? ["apply with --stop-vms stops them, and with --start-vms starts them again"] : [])
  }
}

extension ChangeFacts {
  /// The facts of the rules after every machine has been stopped.
  var afterStoppingMachines: ClusterFacts { users.factsAfterStopping(rules) }
}

extension SettingObject {
  func with(_ value: [UInt8]) -> SettingObject {
    var setting = self
    setting.value = .text(value)
    return setting
  }

  /// The bytes of the value; empty for one that is no string.
  var valueBytes: [UInt8] {
    guard case .text(let bytes) = value else { return [] }
    return bytes
  }

  /// Whether Harvester makes the same network of the stored value.
  func means(_ other: [UInt8]) -> Bool {
    if valueBytes == other { return true }
    guard let own = CanonicalValue(valueBytes), let other = CanonicalValue(other) else { return false }
    return own.meansSame(as: other)
  }
}
