internal import Reports
internal import Rules

/// Which machines to ask to stop next, and what became of those that were asked.
struct StopQueue {
  enum Answer {
    case accepted
    /// KubeVirt's message: the machine is off, on its way, or changes at this moment.
    case conflict(String)
    case gone
  }

  private enum State: Equatable {
    case waiting
    case asked
    case conflict(String, since: Duration)
    /// Seen off after a request: if it runs again, another client has started it.
    case off
    case gone
  }

  let machines: [Machine]
  /// Whether the machines lose their grace period.
  private(set) var isForced = false
  private var states: [String: State] = [:]
  /// The machines that are not stopped.
  private var running: [String: VirtualMachineFact] = [:]
  private var now = Duration.zero

  /// How long a machine is left alone after a conflict.
  static let conflictDelay: Duration = .seconds(10)

  init(_ machines: [Machine]) {
    self.machines = machines
  }

  private func state(_ machine: Machine) -> State { states[machine.reference] ?? .waiting }

  /// Records what the cluster shows.
  mutating func see(_ facts: [VirtualMachineFact], at now: Duration) {
    self.now = now
    running = Dictionary(facts.map { ($0.reference, $0) }) { first, _ in first }
    for machine in machines where running[machine.reference] == nil {
      switch state(machine) {
      case .asked, .conflict: states[machine.reference] = .off
      case .waiting, .off, .gone: break
      }
    }
  }

  /// The machines that run, and were not seen off yet.
  private var pending: [Machine] {
    machines.filter { machine in
      guard running[machine.reference] != nil else { return false }
      switch state(machine) {
      case .waiting, .asked, .conflict: return true
      case .off, .gone: return false
      }
    }
  }

  /// The names of the machines that may still be seen running. What is gone may be, for a moment.
  var expected: Set<String> {
    Set(pending.map(\.reference) + machines.map(\.reference).filter { states[$0] == .gone })
  }

  /// The machines to ask now.
  var next: [Machine] {
    pending.filter { machine in
      // Only force helps one that goes off too slowly.
      if !isForced, running[machine.reference]?.isLeaving == true { return false }
      switch state(machine) {
      case .waiting: return true
      case .conflict(_, let since): return now - since >= Self.conflictDelay
      case .asked, .off, .gone: return false
      }
    }
  }

  mutating func record(_ answer: Answer, of machine: Machine) {
    states[machine.reference] =
      switch answer {
      case .accepted: .asked
      case .conflict(let message): .conflict(message, since: now)
      case .gone: .gone
      }
  }

  /// Asks every machine that still runs again, without a grace period. Returns false if that would change nothing.
  mutating func force() -> Bool {
    guard !isForced, !pending.isEmpty else { return false }
    isForced = true
    for machine in pending { states[machine.reference] = .waiting }
    return true
  }

  /// What KubeVirt answered last about the machines that it did not stop.
  var conflicts: [String] {
    pending.compactMap { machine in
      guard case .conflict(let message, _) = state(machine) else { return nil }
      return "\(machine.reference) (\(message))"
    }
  }
}
