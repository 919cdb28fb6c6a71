/// One article of the law: a type named by the fact it demands, in a file of its own, messages included.
///
/// The subject is what has to be sound before the rule makes sense. A rule about a range takes a network, so nobody
/// can ask it about a text that is none.
protocol Rule<Subject>: SendableMetatype {
  associatedtype Subject

  /// The fact in one sentence, as a checklist shows it.
  static var requirement: String { get }

  static func evaluate(_ subject: Subject, _ context: EvaluationContext, _ findings: inout Findings)
}

extension Rule {
  static var name: String { String(describing: Self.self) }
}

/// All that a judgement looks at besides the change: one cluster at one moment, and the operator's options.
struct EvaluationContext {
  let cluster: SharedFacts
  let options: RulesetOptions

  var facts: ClusterFacts { cluster.facts }
}

/// What the operator chose on the command line.
package struct RulesetOptions: Sendable {
  /// Ranges kept free: those that Harvester's documentation names, then the operator's.
  package let reservedRanges: [ReservedRange]
  package var sizing: SizingChoice

  /// - Parameter reservedRanges: Those of the operator.
  package init(reservedRanges: [ReservedRange] = [], sizing: SizingChoice = .automatic) {
    self.reservedRanges = ReservedRange.documented + reservedRanges
    self.sizing = sizing
  }
}
