package import Rules

/// The outcome of a review by either webhook.
package enum Outcome: Sendable, Equatable {
  case allowed(warnings: [Warning])
  /// Allowed with a JSON Patch of these operations, at least one.
  case patched([PatchOperation])
  case denied([Violation], warnings: [Warning])
  /// The review is valid, but the facts are unavailable.
  case unavailable(UnavailableError)
}
