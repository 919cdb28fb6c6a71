/// A validation rule: a type named by the fact that it requires, in its own file, messages included.
///
/// The subject is valid input of the rule: a rule about a range receives a network, and cannot be evaluated on a text that
/// is not one.
protocol Rule<Subject>: SendableMetatype {
  associatedtype Subject

  /// The required fact in one sentence, as a checklist shows it.
  static var requirement: String { get }

  static func evaluate(_ subject: Subject, _ context: EvaluationContext, _ findings: inout Findings)
}

extension Rule {
  /// The type's name. `String(describing:)` is the same, but first searches the program's conformances for each type: of all
  /// rules 38 million instructions at startup.
  static var name: String { _typeName(Self.self, qualified: false) }
}

/// The input of an evaluation besides the change: the facts of a cluster at one time, and the operator's options.
struct EvaluationContext {
  let cluster: SharedFacts
  let options: RulesetOptions

  var facts: ClusterFacts { cluster.facts }
}

/// The options of the command line.
package struct RulesetOptions: Sendable {
  /// Ranges that must stay free: those of Harvester's documentation, then the operator's.
  package let reservedRanges: [ReservedRange]
  package var sizing: SizingChoice

  /// - Parameter reservedRanges: The operator's ranges.
  package init(reservedRanges: [ReservedRange] = [], sizing: SizingChoice = .automatic) {
    self.reservedRanges = ReservedRange.documented + reservedRanges
    self.sizing = sizing
  }
}
