package import Rules

/// What came of a review, whichever of the two webhooks it went to.
package enum Outcome: Sendable, Equatable {
  case allowed(warnings: [Warning])
  /// Allowed with a JSON Patch of so many operations, at least one.
  case patched([PatchOperation])
  case denied([Violation], warnings: [Warning])
  /// The review was understood and could not be decided.
  case unavailable(UnavailableError)
}
