package import Reports
package import Rules

/// The options of `apply`.
package struct ChangeOptions: Sendable {
  package var stopsMachines = false
  /// Whether a machine that does not stop in time loses its grace period.
  package var forcesStop = false
  package var startsMachines = false
  /// The machines that start at the same time.
  package var startParallel = 5
  /// The namespaces whose machines may be stopped; empty for all.
  package var namespaces: [String] = []
  /// The time without progress after which a step is stuck.
  package var timeout: Duration = .seconds(300)
  package var ruleset = RulesetOptions()
  /// The user and host, for other people.
  package var holder = ""
  /// A text that no other process has.
  package var session = ""

  /// What to type for this program, for advice that can be pasted.
  package var command = ProgramCommand()

  package init() {}
}

/// What `apply` is asked to do.
package enum ChangeCommand: Sendable, Equatable {
  /// Apply this value, or go on with the change to it.
  case apply([UInt8])
  case resume
  case revert
}
