internal import ClusterState
internal import JSON
internal import Reports
internal import Rules

// What comes before the first phase: nothing is changed until the record is written.
extension ChangeExecutor {
  enum Preparation {
    case ready(RecordStore)
    case done(ChangeOutcome)
  }

  func prepare(_ command: ChangeCommand) throws(ChangeStop) -> Preparation {
    let facts = try connection.facts()
    usesSubresources = try connection.send(MachineRequest.discovery).isSuccess
    let stored = try RecordStore.stored(connection)
    switch command {
    case .apply(let value):
      guard let stored else { return try begin(value, facts) }
      guard stored.direction == .forward, SettingObject(value: .text(stored.goal)).means(value) else {
        throw anotherChange(stored)
      }
      return .ready(try resume(stored))
    case .resume:
      guard let stored else {
        throw .refused(
          "no change is recorded", advice: "begin one with: \(options.command("apply", "--value", "JSON"))")
      }
      return .ready(try resume(stored))
    case .revert:
      guard let stored else {
        throw .refused(
          "no change is recorded", advice: "write the former value with: \(options.command("apply", "--value", "JSON"))"
        )
      }
      return .ready(stored.direction == .revert ? try resume(stored) : try revert(stored, facts))
    }
  }

  private func anotherChange(_ record: ChangeRecord) -> ChangeStop {
    let direction = record.direction == .forward ? "to" : "back to"
    return .refused(
      """
      a change \(direction) \(ChangeRecord.described(record.goal)) is recorded since \(record.startedAt), in phase \
      \(record.phase.rawValue), last written at \(record.updatedAt) by \(record.holder)
      """, advice: "go on with it: \(options.command("apply", "--resume"))",
      "or take it back: \(options.command("apply", "--revert"))")
  }

  private func begin(_ value: [UInt8], _ facts: ChangeFacts) throws(ChangeStop) -> Preparation {
    var inspected = try connection.inspect()
    let review = try ChangeReview(of: value, in: facts, inspected.extraFacts, options)
    report(.checked(review.report))
    report(.previewed(review.preview))
    if let refusal = review.refusal { throw refusal }
    guard review.preview.hasEffect else { return .done(.unchanged) }

    let shown = try read(facts.staying)
    try requireAccess(to: facts.staying, shown)
    guard try confirm() else { throw .declined }
    let machines = try machinesAfterConfirmation(value, facts, shown, inspected.extraFacts)
    let now = connection.cluster.timestamp()
    let original = facts.setting?.valueBytes ?? []
    let record = ChangeRecord(
      original: original, expected: original, values: [review.change.normalized.new.valueBytes],
      machines: machines, startsMachines: options.startsMachines, holder: options.holder,
      session: options.session, startedAt: now, updatedAt: now)
    return .ready(try RecordStore.create(record, connection))
  }

  /// The machines that run once the user has answered, which may take minutes. What differs from what was shown is checked
  /// like it.
  private func machinesAfterConfirmation(
    _ value: [UInt8], _ shown: ChangeFacts, _ shownMachines: [Machine], _ extraFacts: VerifyFacts
  ) throws(ChangeStop) -> [Machine] {
    let facts = try connection.facts()
    if let setting = facts.setting, setting.valueBytes != shown.setting?.valueBytes {
      throw try changedByOthers(setting, isRecorded: false)
    }
    let machines = try read(facts.staying)
    guard machines != shownMachines else { return machines }
    if let refusal = try ChangeReview(of: value, in: facts, extraFacts, options).refusal { throw refusal }
    try requireAccess(to: facts.staying, machines)
    return machines
  }

  private func requireAccess(to facts: [VirtualMachineFact], _ machines: [Machine]) throws(ChangeStop) {
    try requireNamespaces(facts)
    try requirePermissions(stop: machines, start: options.startsMachines ? machines : [])
  }

  private func resume(_ record: ChangeRecord) throws(ChangeStop) -> RecordStore {
    report(.resumed(record))
    let starts = options.startsMachines || record.startsMachines || record.direction == .revert
    let isStopping = [.prepared, .stopping].contains(record.phase)
    try requirePermissions(stop: isStopping ? record.machines : [], start: starts ? record.machines : [])
    guard try confirm() else { throw .declined }
    return try RecordStore.takeOver(record, connection) { record in
      record.startsMachines = record.startsMachines || options.startsMachines
    }
  }

  /// Turns the change around. Where its value has been written, the former one is written in the same way.
  private func revert(_ record: ChangeRecord, _ facts: ChangeFacts) throws(ChangeStop) -> RecordStore {
    report(.resumed(record))
    let shown = try reversion(of: record, in: facts)
    let shownMachines = try read(shown.added)
    try requireAccess(for: shown, of: record, adding: shownMachines)
    guard try confirm() else { throw .declined }
    // The answer may take minutes.
    let plan = try reversion(of: record, in: try connection.facts())
    let added = try read(plan.added)
    if added != shownMachines { try requireAccess(for: plan, of: record, adding: added) }
    let setting = plan.setting
    // During a change Harvester and the webhook accept only the empty value.
    let isInProgress = setting.configured?.isInProgress == true
    let emptiesFirst = plan.needsWrite && isInProgress && !record.original.isEmpty && !setting.value.isBlank
    return try RecordStore.takeOver(record, connection) { record in
      record.direction = .revert
      record.machines += added
      record.expected = setting.valueBytes
      record.values = emptiesFirst ? [[], record.original] : [record.original]
      // A former value that was written back by hand is followed like one of this program.
      let isFollowed = isInProgress || [.written, .verified, .starting].contains(record.phase)
      record.phase = plan.needsWrite ? .stopping : isFollowed ? .written : .verified
    }
  }

  /// What a revert needs in the present state of the cluster.
  private struct Reversion {
    let setting: SettingObject
    /// Before the value is written nothing needs to be stopped to go back.
    let needsWrite: Bool
    /// The machines to stop that are not recorded yet.
    let added: [VirtualMachineFact]
  }

  private func requireAccess(
    for plan: Reversion, of record: ChangeRecord, adding added: [Machine]
  ) throws(ChangeStop) {
    let machines = record.machines + added
    try requirePermissions(stop: plan.needsWrite ? machines : [], start: machines)
  }

  private func reversion(of record: ChangeRecord, in facts: ChangeFacts) throws(ChangeStop) -> Reversion {
    guard let setting = facts.setting else { throw .noSetting }
    let isWritten = setting.means(record.goal) || setting.means(record.value)
    guard isWritten || setting.means(record.expected) else { throw try changedByOthers(setting) }
    let running = facts.staying
    let needsWrite = !setting.means(record.original)
    if needsWrite, !running.isEmpty, !options.stopsMachines {
      throw .refused(
        "\(running.count.counted("virtual machine")) must be stopped again: \(running.map(\.reference).englishList)",
        advice: "run: \(options.command("apply", "--revert", "--stop-vms"))")
    }
    if needsWrite { try requireNamespaces(running) }
    let known = Set(record.machines.map(\.reference))
    let added = needsWrite ? running.filter { !known.contains($0.reference) } : []
    return Reversion(setting: setting, needsWrite: needsWrite, added: added)
  }
}

// What must be so before anything is stopped.
extension ChangeExecutor {
  private func requireNamespaces(_ machines: [VirtualMachineFact]) throws(ChangeStop) {
    guard !options.namespaces.isEmpty else { return }
    let others = machines.filter { !options.namespaces.contains($0.namespace) }
    guard !others.isEmpty else { return }
    throw .refused(
      """
      \(others.count.counted("virtual machine")) of other namespaces \(others.count == 1 ? "runs" : "run"): \
      \(others.map(\.reference).englishList); the change needs every virtual machine of the cluster stopped
      """, advice: "have them stopped by their owners, or add their namespaces with --namespace")
  }

  /// - Parameters:
  ///   - stopped: The machines that are to be stopped.
  ///   - started: The machines that are to be started.
  private func requirePermissions(stop stopped: [Machine], start started: [Machine]) throws(ChangeStop) {
    let wanted =
      stopped.flatMap { AccessReview.stopping($0, forces: options.forcesStop, bySubresource: usesSubresources) }
      + started.flatMap { AccessReview.starting($0, bySubresource: usesSubresources) }
    func send(_ request: APIRequest) throws(ChangeStop) -> APIResponse { try connection.send(request) }
    var missing = try AccessReview.always.denied(send)
    // Whole namespaces first, and single machines where that is denied: a role may name them.
    let byNamespace = Dictionary(grouping: Set(wanted), by: \.ofWholeNamespace)
    for (whole, reviews) in byNamespace.sorted(by: { $0.key.order < $1.key.order }) where try !whole.isGranted(send) {
      missing += try reviews.sorted { $0.order < $1.order }.denied(send)
    }
    try missing.requireNone()
  }

  /// Reads the machines with their run policies; one that is gone or going off needs nothing.
  private func read(_ machines: [VirtualMachineFact]) throws(ChangeStop) -> [Machine] {
    var found: [Machine] = []
    for fact in machines {
      let response = try connection.send(aboutMachine: MachineRequest(fact).read)
      switch response.status {
      case 404: report(.notice("\(fact.reference) is gone"))
      case 200:
        guard let read = response.value.flatMap(Machine.init(object:)) else {
          throw .unavailable("\(fact.reference) is not readable")
        }
        // Its owner has stopped it.
        if !read.runPolicy.isHalted { found.append(read) }
      default: throw .refused(response.reasons, advice: [])
      }
    }
    return found
  }
}

extension AccessReview {
  fileprivate var order: (String, String) { (namespace, described) }
}

extension ChangeFacts {
  /// The machines that run, and do not go off by themselves.
  fileprivate var staying: [VirtualMachineFact] { machines.filter { !$0.isLeaving } }
}

extension VirtualMachineFact {
  /// Whether it goes off by itself.
  var isLeaving: Bool { status == "Stopping" || status == "Terminating" }
}
