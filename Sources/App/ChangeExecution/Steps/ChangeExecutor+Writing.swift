internal import ClusterState
internal import JSON
internal import Reports
internal import Rules

// The write of the setting.
extension ChangeExecutor {
  private static let settingPath = "/apis/harvesterhci.io/v1beta1/settings/storage-network"

  /// Writes the value over the version that was checked. A conflict means that the setting has changed since: it is checked
  /// again.
  func writeValue(_ store: RecordStore) throws(ChangeStop) -> StepResult {
    let record = store.record
    var conflicts = 0
    return try wait(store) { () throws(ChangeStop) -> StepResult? in
      let facts = try connection.facts()
      guard let setting = facts.setting else { throw .noSetting }
      if setting.means(record.value) { return .advance(.written) }
      guard setting.means(record.expected) else { throw try changedByOthers(setting) }
      try requireNoStrangers(in: facts.users.unstopped)
      let change = Change.update(from: setting, to: setting.with(record.value))
      let check = CheckReport(of: change, in: facts.rules, options.ruleset)
      guard check.isAllowed else {
        throw .refused(check.violations.map { "\($0.field): \($0.message)" }, advice: afterDenial)
      }

      try store.confirmSession(now: true)
      let response = try connection.send(Self.write(record.value, over: setting.resourceVersion))
      switch response.status {
      case 200..<300:
        report(.written(record.value))
        return .advance(.written)
      case 409 where conflicts < Self.maxConflicts:
        conflicts += 1
        return nil
      default: throw .refused(response.reasons, advice: afterDenial)
      }
    }
  }

  private static let maxConflicts = 40
  private var afterDenial: [String] {
    [
      "remove the reason, then run: \(options.command("apply", "--resume"))",
      "or: \(options.command("apply", "--revert"))",
    ]
  }

  /// A merge patch of the value alone; with a version in it, the API server answers 409 to any other one.
  private static func write(_ value: [UInt8], over version: String) -> APIRequest {
    let patch = [
      JSONMember("metadata", .object([JSONMember("resourceVersion", version)])),
      JSONMember("value", String(decoding: value, as: UTF8.self)),
    ]
    return APIRequest(
      method: "PATCH", path: settingPath, body: Array(patch.line.utf8), contentType: "application/merge-patch+json")
  }

  /// The refusal of a value that neither this change nor the state before explains.
  func changedByOthers(_ setting: SettingObject, isRecorded: Bool = true) throws(ChangeStop) -> ChangeStop {
    let response = try connection.send(APIRequest(path: Self.settingPath))
    let writer = response.value.flatMap { LastWriter(of: "value", in: $0).described }
    let reason = """
      the setting's value was changed by another client\(writer.map { " (\($0))" } ?? ""): it is now \
      \(ChangeRecord.described(setting.valueBytes))
      """
    guard isRecorded else { return .refused(reason, advice: "nothing was changed; agree on one value, and begin anew") }
    return .refused(
      reason,
      advice: "agree on one value; write it back and run: \(options.command("apply", "--resume"))",
      """
      or keep theirs: start the machines that the ConfigMap \(ChangeRecord.namespace)/\(ChangeRecord.name) names, and \
      delete it
      """)
  }
}
