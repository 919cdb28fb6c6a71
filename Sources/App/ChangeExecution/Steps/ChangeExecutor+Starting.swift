internal import ClusterState
internal import Reports
internal import Rules

// Virtual machines on their way up.
extension ChangeExecutor {
  /// After the change: the machines are started, or left to the user.
  func decideAboutMachines(_ store: RecordStore) throws(ChangeStop) -> StepResult {
    let record = store.record
    let end: ChangeOutcome = record.direction == .revert ? .reverted : .done(stillStopped: [])
    if record.machines.isEmpty { return .finish(end) }
    if record.startsMachines || record.direction == .revert { return .advance(.starting) }
    let running = Set(try connection.facts().machines.map(\.reference))
    let stopped = record.machines.filter { !running.contains($0.reference) }
    return stopped.isEmpty
      ? .finish(end)
      : .leave(.done(stillStopped: stopped, command: options.command("apply", "--resume", "--start-vms")))
  }

  /// Starts the recorded machines, a few at a time.
  func startMachines(_ store: RecordStore) throws(ChangeStop) -> StepResult {
    let record = store.record
    var queue = StartQueue(record.machines, parallel: options.startParallel, timeout: options.timeout)
    var shown: StartingProgress?
    return try wait(store) { () throws(ChangeStop) -> StepResult? in
      let facts = try connection.facts()
      queue.see(facts.machines, at: connection.uptime)
      for machine in queue.next { queue.record(try start(machine), of: machine) }
      for machine in queue.silent {
        if let answer = try absence(of: machine) {
          queue.record(answer, of: machine)
        } else {
          queue.recordLook(at: machine)
        }
      }
      let progress = queue.progress
      if progress != shown { report(.starting(progress)) }
      shown = progress
      guard queue.isSettled else { return nil }
      guard progress.failed.isEmpty else { throw notStarted(progress) }
      return .finish(record.direction == .revert ? .reverted : .done(stillStopped: []))
    }
  }

  private func notStarted(_ progress: StartingProgress) -> ChangeStop {
    .stuck(
      "\(progress.failed.count.counted("virtual machine")) did not come up: \(progress.failed.englishList)",
      advice: [
        "look at their events: kubectl describe virtualmachine NAME --namespace NAMESPACE",
        "then try again: \(options.command("apply", "--resume", "--start-vms"))",
      ])
  }

  /// Asks KubeVirt to start a machine as it was.
  private func start(_ machine: Machine) throws(ChangeStop) -> StartQueue.Answer {
    let present: MachineState
    switch try look(at: machine) {
    case .present(let state): present = state
    case .unreadable(let reason): return .failed(reason)
    case .gone: return gone(machine)
    case .replaced: return replaced(machine)
    }
    // A stop that KubeVirt has not carried out yet comes first.
    if present.isAboutToStop { return .later }
    let isHalted = present.machine.runPolicy.isHalted
    if !isHalted, present.isUp { return .running }
    let request = MachineRequest(machine)
    // A strategy that the start subresource would not restore. With `Manual`, restoring it starts nothing.
    if isHalted, !machine.runPolicy.isSetByStart || !usesSubresources {
      let response = try connection.send(aboutMachine: request.patch(machine.runPolicy))
      if response.status == 409 { return .conflict(response.message, comesUp: false) }
      guard response.isSuccess else { return .failed(response.message) }
      if machine.runPolicy != .strategy("Manual") { return asked(machine) }
    }
    guard usesSubresources else {
      // KubeVirt starts by itself a machine whose strategy wants it up.
      return machine.runPolicy == .strategy("Manual")
        ? .failed("KubeVirt's start subresource is not served") : asked(machine)
    }
    let response = try connection.send(aboutMachine: request.subresource(.start))
    if response.isSuccess { return asked(machine) }
    // KubeVirt says 409 while an instance exists, and of a machine that it starts by itself.
    guard response.status == 409 else { return .failed(response.message) }
    return .conflict(response.message, comesUp: !isHalted)
  }

  private func asked(_ machine: Machine) -> StartQueue.Answer {
    report(.requested(.start, machine))
    return .asked
  }

  /// Nil for a machine that is there.
  private func absence(of machine: Machine) throws(ChangeStop) -> StartQueue.Answer? {
    switch try look(at: machine) {
    case .present, .unreadable: nil
    case .gone: gone(machine)
    case .replaced: replaced(machine)
    }
  }

  private func gone(_ machine: Machine) -> StartQueue.Answer {
    report(.notice("\(machine.reference) is gone"))
    return .gone
  }

  private func replaced(_ machine: Machine) -> StartQueue.Answer {
    report(.notice("\(machine.reference) is another machine of that name now"))
    return .gone
  }
}
