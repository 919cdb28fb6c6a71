internal import ClusterState
internal import Reports
internal import Rules

// Virtual machines on their way off.
extension ChangeExecutor {
  /// Stops the recorded machines, and waits until their instances are gone and every volume is detached.
  func stopMachines(_ store: RecordStore) throws(ChangeStop) -> StepResult {
    var queue = StopQueue(store.record.machines)
    var timer = StallTimer<StoppingProgress>()
    return try wait(store) { () throws(ChangeStop) -> StepResult? in
      let facts = try connection.facts()
      let running = facts.users.unstopped
      queue.see(running, at: connection.uptime)
      try requireNoStrangers(in: running, but: queue.expected)
      try askNext(of: &queue)

      let progress = StoppingProgress(facts, total: queue.machines.count)
      let stillness = timer.see(progress, at: connection.uptime)
      if !queue.machines.isEmpty || !progress.isDone { report(.stopping(progress)) }
      if progress.isDone { return .advance(.stopped) }
      guard stillness >= options.timeout else { return nil }
      guard options.forcesStop, queue.force() else { throw notStopped(progress, queue.conflicts) }
      try askNext(of: &queue)
      timer.restart()
      return nil
    }
  }

  private func askNext(of queue: inout StopQueue) throws(ChangeStop) {
    for machine in queue.next { queue.record(try stop(machine, queue.isForced ? .forceStop : .stop), of: machine) }
  }

  /// Asks KubeVirt, if the machine is still the recorded one: the name alone would stop another client's machine.
  private func stop(_ machine: Machine, _ operation: MachineRequest.Operation) throws(ChangeStop) -> StopQueue.Answer {
    switch try look(at: machine) {
    case .gone: return gone(machine)
    case .replaced(let state): throw replaced(state)
    case .unreadable(let reason): throw notStoppable(machine, reason)
    case .present: break
    }
    let request = MachineRequest(machine)
    let response = try connection.send(
      aboutMachine: usesSubresources
        ? request.subresource(operation)
        : operation == .forceStop ? request.deleteInstance : request.patch(machine.runPolicy.halted))
    switch response.status {
    case 200..<300:
      report(.requested(operation, machine))
      return .accepted
    // The instance has ended; the machine was read just now.
    case 404 where operation == .forceStop && !usesSubresources: return .accepted
    case 404: return gone(machine)
    case 409: return .conflict(response.message)
    default: throw notStoppable(machine, response.message)
    }
  }

  private func gone(_ machine: Machine) -> StopQueue.Answer {
    report(.notice("\(machine.reference) is gone"))
    return .gone
  }

  private func notStoppable(_ machine: Machine, _ reason: String) -> ChangeStop {
    .refused(
      "\(machine.reference) cannot be stopped: \(reason)",
      advice: "remove the reason, then go on: \(options.command("apply", "--resume"))")
  }

  private func replaced(_ state: MachineState) -> ChangeStop {
    .refused(
      """
      \(state.machine.reference) was deleted and created anew by another client; this other virtual machine of that name \
      runs (\(state.status)), and is not stopped by this change
      """,
      advice: "have it stopped, then run: \(options.command("apply", "--resume"))",
      "or: \(options.command("apply", "--revert"))")
  }

  private func notStopped(_ progress: StoppingProgress, _ conflicts: [String]) -> ChangeStop {
    let parts =
      (progress.running.isEmpty ? [] : ["not stopped: \(progress.running.englishList)"])
      + (progress.attachedVolumes.isEmpty ? [] : ["still attached: \(progress.attachedVolumes.englishList)"])
      + (conflicts.isEmpty ? [] : ["KubeVirt did not accept to stop \(conflicts.englishList)"])
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
    let response = try connection.send(aboutMachine: MachineRequest(fact).read)
    if response.isSuccess, let present = response.value.flatMap(Machine.init(object:)), present.runPolicy.isHalted {
      return nil
    }
    let writer = response.value.flatMap { LastWriter(of: "spec", in: $0).described }
    return "\(fact.reference) (\(fact.statusText)\(writer.map { ", last changed by \($0)" } ?? ""))"
  }
}

extension StoppingProgress {
  init(_ facts: ChangeFacts, total: Int) {
    let running = facts.users.unstopped
    self.total = max(total, running.count)
    self.running = running.map { "\($0.reference) (\($0.statusText))" }
    attachedVolumes = facts.users.volumes.map(\.name)
  }
}
