internal import Reports
internal import Rules

/// Which machines to start next: a few at a time, each with its own deadline.
struct StartQueue {
  enum Answer {
    case asked
    /// It runs, and nothing is about to stop it.
    case running
    /// It must be off before it can be started.
    case later
    /// KubeVirt's message: an instance exists still, or KubeVirt brings the machine up by itself.
    case conflict(String, comesUp: Bool)
    /// Nothing is left to start.
    case gone
    case failed(String)
  }

  private enum State: Equatable {
    /// Not accepted yet; the time is since when it must be off first.
    case waiting(since: Duration?, Conflict? = nil)
    case asked(since: Duration, lastLook: Duration, Conflict? = nil)
    case up
    case gone
    case failed(String)

    /// Since when it has been asked, or must be off first.
    var since: Duration? {
      switch self {
      case .waiting(let since, _): since
      case .asked(let since, _, _): since
      case .up, .gone, .failed: nil
      }
    }

    var conflict: Conflict? {
      switch self {
      case .waiting(_, let conflict), .asked(_, _, let conflict): conflict
      case .up, .gone, .failed: nil
      }
    }
  }

  /// KubeVirt's last answer to a machine that it did not start, and its time.
  private struct Conflict: Equatable {
    let message: String
    let time: Duration
  }

  private let machines: [Machine]
  private let parallel: Int
  private let timeout: Duration
  private var states: [String: State] = [:]
  /// The machines that are not stopped.
  private var running: [String: VirtualMachineFact] = [:]
  private var now = Duration.zero

  /// How long a machine that was asked may have no status until it is read.
  private static let silence: Duration = .seconds(5)

  init(_ machines: [Machine], parallel: Int, timeout: Duration) {
    self.machines = machines
    self.parallel = parallel
    self.timeout = timeout
  }

  private func state(_ machine: Machine) -> State { states[machine.reference] ?? .waiting(since: nil) }

  private func status(_ machine: Machine) -> String { running[machine.reference]?.status ?? "Stopped" }

  /// Records what the cluster shows, and gives up those that have had their time.
  mutating func see(_ facts: [VirtualMachineFact], at now: Duration) {
    self.now = now
    running = Dictionary(facts.map { ($0.reference, $0) }) { first, _ in first }
    for machine in machines {
      switch state(machine) {
      case .asked where MachineState.upStatuses.contains(status(machine)): states[machine.reference] = .up
      case .asked(let since, _, let conflict) where now - since >= timeout,
        .waiting(let since?, let conflict) where now - since >= timeout:
        states[machine.reference] = .failed(status(machine) + (conflict.map { "; KubeVirt: \($0.message)" } ?? ""))
      case .waiting(nil, _) where isLeaving(machine): states[machine.reference] = .waiting(since: now)
      default: break
      }
    }
  }

  private func isLeaving(_ machine: Machine) -> Bool { running[machine.reference]?.isLeaving == true }

  /// The machines to ask now: those that are due after a conflict, and as many others as may start beside those that do.
  var next: [Machine] {
    let asked = machines.filter { if case .asked = state($0) { true } else { false } }
    let waiting = machines.filter { if case .waiting = state($0) { !isLeaving($0) && isDue($0) } else { false } }
    return asked.filter { state($0).conflict != nil && isDue($0) } + waiting.prefix(max(0, parallel - asked.count))
  }

  private func isDue(_ machine: Machine) -> Bool {
    state(machine).conflict.map { now - $0.time >= StopQueue.conflictDelay } ?? true
  }

  /// The machines that were asked and have no status since: they may be gone.
  var silent: [Machine] {
    machines.filter { machine in
      guard case .asked(_, let lastLook, _) = state(machine) else { return false }
      return running[machine.reference] == nil && now - lastLook >= Self.silence
    }
  }

  /// Records that a silent machine is there; it is looked at again after another ``silence``.
  mutating func recordLook(at machine: Machine) {
    guard case .asked(let since, _, let conflict) = state(machine) else { return }
    states[machine.reference] = .asked(since: since, lastLook: now, conflict)
  }

  mutating func record(_ answer: Answer, of machine: Machine) {
    let before = self.state(machine)
    let state: State =
      switch answer {
      case .asked: .asked(since: now, lastLook: now)
      case .running: .up
      case .later: .waiting(since: before.since ?? now)
      case .conflict(let message, comesUp: true):
        .asked(since: before.since ?? now, lastLook: now, Conflict(message: message, time: now))
      case .conflict(let message, comesUp: false):
        .waiting(since: before.since ?? now, Conflict(message: message, time: now))
      case .gone: .gone
      case .failed(let reason): .failed(reason)
      }
    states[machine.reference] = state
  }

  var isSettled: Bool {
    machines.allSatisfy { machine in
      switch state(machine) {
      case .up, .gone, .failed: true
      case .waiting, .asked: false
      }
    }
  }

  var progress: StartingProgress {
    func described(_ machine: Machine) -> String { "\(machine.reference) (\(status(machine)))" }
    return StartingProgress(
      total: machines.count { state($0) != .gone }, started: machines.count { state($0) == .up },
      pending: machines.filter { if case .asked = state($0) { true } else { false } }.map(described),
      failed: machines.compactMap { machine in
        guard case .failed(let reason) = state(machine) else { return nil }
        return "\(machine.reference) (\(reason))"
      })
  }
}
