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
    if options.startsMachines || record.direction == .revert { return .advance(.starting) }
    let running = Set(try connection.facts().virtualMachines.map(\.reference))
    let stopped = record.machines.filter { !running.contains($0.reference) }
    return stopped.isEmpty ? .finish(end) : .leave(.done(stillStopped: stopped))
  }

  /// Starts the recorded machines, a few at a time.
  func startMachines(_ store: RecordStore) throws(ChangeStop) -> StepResult {
    let record = store.record
    var queue = StartQueue(record.machines, parallel: options.startParallel, timeout: options.timeout)
    var shown: StartingProgress?
    return try wait(store) { () throws(ChangeStop) -> StepResult? in
      let facts = try connection.facts()
      let statuses = Dictionary(facts.virtualMachines.map { ($0.reference, $0.status) }) { first, _ in first }
      for machine in queue.next(statuses, at: connection.cluster.elapsed()) {
        let answer = try start(machine)
        if case .gone(let reason) = answer { report(.notice(reason)) }
        queue.record(answer, of: machine)
      }
      let progress = queue.progress(statuses)
      if progress != shown { report(.starting(progress)) }
      shown = progress
      guard queue.isSettled(statuses) else { return nil }
      guard progress.failed.isEmpty else { throw notStarted(progress) }
      return .finish(record.direction == .revert ? .reverted : .done(stillStopped: []))
    }
  }

  private func notStarted(_ progress: StartingProgress) -> ChangeStop {
    .stuck(
      "\(progress.failed.count.counted("virtual machine")) did not come up: \(progress.failed.englishList)",
      advice: ["look at their events: kubectl describe vm", "then try again: apply --resume --start-vms"])
  }

  /// Asks KubeVirt to start a machine as it was.
  private func start(_ machine: Machine) throws(ChangeStop) -> StartQueue.Answer {
    let request = MachineRequest(machine: machine)
    let read = try connection.send(request.read)
    if read.status == 404 { return .gone("\(machine.reference) is gone") }
    guard let present = read.value.flatMap(Machine.init(object:)), read.isSuccess else { return .failed(read.message) }
    guard present.uid == machine.uid else { return .gone("\(machine.reference) is another machine of that name now") }
    report(.requested(.start, machine))
    // A strategy that the start subresource would not restore. With `Manual`, restoring it starts nothing.
    if present.runPolicy != machine.runPolicy, present.runPolicy.isHalted, !machine.runPolicy.isSetByStart || !usesSubresources {
      let response = try connection.send(request.patch(machine.runPolicy))
      guard response.isSuccess else { return .failed(response.message) }
      if machine.runPolicy != .strategy("Manual") || !usesSubresources { return .asked }
    }
    guard usesSubresources else { return .failed("KubeVirt's start subresource is not served") }
    let response = try connection.send(request.subresource(.start))
    // KubeVirt says 409 of a machine that runs, or is about to.
    return response.isSuccess || response.status == 409 ? .asked : .failed(response.message)
  }
}

/// Which machines to start next: a few at a time, each with its own deadline.
struct StartQueue {
  enum Answer {
    case asked
    /// Nothing is left to start, with the reason.
    case gone(String)
    case failed(String)
  }

  private let machines: [Machine]
  private let parallel: Int
  private let timeout: Duration
  /// Since when a machine is waited for: it was asked to start, or is still on its way off.
  private var waitingSince: [String: Duration] = [:]
  private var asked: Set<String> = []
  private var gone: Set<String> = []
  private var failures: [String: String] = [:]
  private var now = Duration.zero

  init(_ machines: [Machine], parallel: Int, timeout: Duration) {
    self.machines = machines
    self.parallel = parallel
    self.timeout = timeout
  }

  /// Returns the machines to start now.
  ///
  /// - Parameter statuses: KubeVirt's status of each machine that is not stopped.
  mutating func next(_ statuses: [String: String], at now: Duration) -> [Machine] {
    self.now = now
    for machine in machines where isPending(machine, statuses) {
      guard let since = waitingSince[machine.reference], now - since >= timeout else { continue }
      failures[machine.reference] = statuses[machine.reference] ?? "Stopped"
    }
    let open = machines.filter { isPending($0, statuses) }
    let waiting = open.filter { !asked.contains($0.reference) }
    let leaving = waiting.filter { ["Stopping", "Terminating"].contains(statuses[$0.reference]) }
    for machine in leaving where waitingSince[machine.reference] == nil { waitingSince[machine.reference] = now }
    let free = max(0, parallel - (open.count - waiting.count))
    return Array(waiting.filter { !leaving.contains($0) }.prefix(free))
  }

  mutating func record(_ answer: Answer, of machine: Machine) {
    switch answer {
    case .asked:
      asked.insert(machine.reference)
      waitingSince[machine.reference] = now
    case .gone: gone.insert(machine.reference)
    case .failed(let reason): failures[machine.reference] = reason
    }
  }

  func isSettled(_ statuses: [String: String]) -> Bool { !machines.contains { isPending($0, statuses) } }

  func progress(_ statuses: [String: String]) -> StartingProgress {
    let pending = machines.filter { isPending($0, statuses) && asked.contains($0.reference) }
    return StartingProgress(
      total: machines.count - gone.count, started: machines.count { isUp($0, statuses) },
      pending: pending.map { "\($0.reference) (\(statuses[$0.reference] ?? "Stopped"))" },
      failed: machines.filter { failures[$0.reference] != nil && !isUp($0, statuses) }.map {
        "\($0.reference) (\(failures[$0.reference] ?? ""))"
      })
  }

  private func isUp(_ machine: Machine, _ statuses: [String: String]) -> Bool {
    ["Running", "Paused", "Migrating"].contains(statuses[machine.reference])
  }

  private func isPending(_ machine: Machine, _ statuses: [String: String]) -> Bool {
    !isUp(machine, statuses) && !gone.contains(machine.reference) && failures[machine.reference] == nil
  }
}
