/// The result of evaluating a change.
package enum Verdict: Sendable, Equatable {
  case allowed(warnings: [Warning])
  case denied([Violation], warnings: [Warning])
}
