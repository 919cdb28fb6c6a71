package import Rules

/// What came of a review, whichever of the two webhooks it went to.
package enum Outcome: Sendable, Equatable {
  case allowed(warnings: [Warning])
  /// Allowed with another text in place of the proposed value.
  case patched(value: [UInt8], replacesValue: Bool)
  case denied([Violation], warnings: [Warning])
  /// The review was understood and could not be decided.
  case unavailable(UnavailableError)
}
