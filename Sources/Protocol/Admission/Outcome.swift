package import Rules

/// The outcome of a review by either webhook.
package enum Outcome: Sendable, Equatable {
  case allowed(warnings: [Warning])
  /// Allowed with a JSON Patch of so many operations, at least one.
  case patched([PatchOperation])
  case denied([Violation], warnings: [Warning])
  /// The review is valid and could not be decided.
  case unavailable(UnavailableError)
}
