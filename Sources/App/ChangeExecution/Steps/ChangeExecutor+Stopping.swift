internal import ClusterState
internal import Reports
internal import Rules

// Virtual machines on their way off.
extension ChangeExecutor {
  /// Stops the recorded machines, and waits until their instances are gone and every volume is detached.
  func stopMachines(_ store: RecordStore) throws(ChangeStop) -> StepResult {
    let machines = store.record.machines
    var asked: Set<String> = []
    /// The machines that were seen off: one that runs again was started by another client.
    var off: Set<String> = []
    var gone: Set<String> = []
    var isForced = false
    var timer = StallTimer<StoppingProgress>()
    return try wait(store) { () throws(ChangeStop) -> StepResult? in
      let facts = try connection.facts()
      let running = facts.users.unstopped
      let byName = Dictionary(running.map { ($0.reference, $0) }) { first, _ in first }
      let ours = machines.filter { byName[$0.reference] != nil && !off.contains($0.reference) }
      try requireNoStrangers(in: running, but: gone.union(ours.map(\.reference)))
      for machine in ours where !asked.contains(machine.reference) && byName[machine.reference]?.isLeaving == false {
        if try !stop(machine, .stop) { gone.insert(machine.reference) }
        asked.insert(machine.reference)
      }
      off.formUnion(machines.lazy.map(\.reference).filter { byName[$0] == nil && asked.contains($0) })

      let progress = StoppingProgress(facts, total: machines.count)
      let stillness = timer.see(progress, at: connection.uptime)
      if !machines.isEmpty || !progress.isDone { report(.stopping(progress)) }
      if progress.isDone { return .advance(.stopped) }
      guard stillness >= options.timeout else { return nil }
      guard options.forcesStop, !isForced, !ours.isEmpty else { throw notStopped(progress) }
      for machine in ours { _ = try stop(machine, .forceStop) }
      isForced = true
      timer.restart()
      return nil
    }
  }

  /// Asks KubeVirt; false if the machine is gone.
  private func stop(_ machine: Machine, _ operation: MachineRequest.Operation) throws(ChangeStop) -> Bool {
    let request = MachineRequest(machine: machine)
    let response = try connection.send(
      aboutMachine: usesSubresources
        ? request.subresource(operation)
        : operation == .forceStop ? request.deleteInstance : request.patch(machine.runPolicy.halted))
    switch response.status {
    case 200..<300:
      report(.requested(operation, machine))
    case 404:
      report(.notice("\(machine.reference) is gone"))
      return false
    // KubeVirt says so of a machine that is off, or on its way.
    case 409: break
    default:
      throw .refused(
        "\(machine.reference) cannot be stopped: \(response.message)",
        advice: "remove the reason, then go on: \(options.command("apply", "--resume"))")
    }
    return true
  }

  private func notStopped(_ progress: StoppingProgress) -> ChangeStop {
    let parts =
      (progress.running.isEmpty ? [] : ["not stopped: \(progress.running.englishList)"])
      + (progress.attachedVolumes.isEmpty ? [] : ["still attached: \(progress.attachedVolumes.englishList)"])
    let force =
      progress.running.isEmpty || options.forcesStop
      ? []
      : [
        """
        shut them down from inside, or end them without grace: \
        \(options.command("apply", "--resume", "--force-stop"))
        """
      ]
    return .stuck(
      "nothing has moved for \(options.timeout.words); \(parts.joined(separator: "; "))",
      advice: force + [
        "go on: \(options.command("apply", "--resume"))",
        "or start what was stopped: \(options.command("apply", "--revert"))",
      ])
  }

  /// Throws if a machine runs that is not to be stopped: it was started after the change began.
  func requireNoStrangers(in running: [VirtualMachineFact], but ours: Set<String> = []) throws(ChangeStop) {
    var descriptions: [String] = []
    for fact in running where !ours.contains(fact.reference) && !fact.isLeaving {
      if let description = try described(fact) { descriptions.append(description) }
    }
    guard !descriptions.isEmpty else { return }
    throw .refused(
      "started meanwhile by another client: \(descriptions.englishList)",
      advice:
        "have \(descriptions.count == 1 ? "it" : "them") stopped, then run: \(options.command("apply", "--resume"))",
      "or: \(options.command("apply", "--revert"))")
  }

  /// Nil for a machine that its owner has stopped: KubeVirt has not carried it out yet.
  private func described(_ fact: VirtualMachineFact) throws(ChangeStop) -> String? {
    let machine = Machine(namespace: fact.namespace, name: fact.name, uid: "", runPolicy: .running(true))
    let response = try connection.send(aboutMachine: MachineRequest(machine: machine).read)
    if response.isSuccess, let present = response.value.flatMap(Machine.init(object:)), present.runPolicy.isHalted {
      return nil
    }
    let writer = response.value.flatMap { LastWriter(of: "spec", in: $0).described }
    return "\(fact.reference) (\(fact.status)\(writer.map { ", last changed by \($0)" } ?? ""))"
  }
}

extension StoppingProgress {
  init(_ facts: ChangeFacts, total: Int) {
    let running = facts.users.unstopped
    self.total = max(total, running.count)
    self.running = running.map { "\($0.reference) (\($0.status.isEmpty ? "no status yet" : $0.status))" }
    attachedVolumes = facts.users.volumes.map(\.name)
  }
}
