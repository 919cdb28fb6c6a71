internal import Rules

/// The status in an AdmissionReview's response (meta/v1 Status): the one table from outcomes to codes.
///
/// Denials are 422 Invalid with causes, because kubectl prints those one bullet each and `kubectl edit` reopens the
/// file with them. Not 409: clients retry conflicts by themselves.
struct ResponseStatus {
  struct Cause {
    let field: String
    let message: String
  }

  let code: Int
  let reason: StaticString
  /// One line that tells the whole story: Harvester's Web UI shows nothing else.
  let message: String
  let causes: [Cause]

  init?(_ outcome: Outcome) {
    switch outcome {
    case .allowed, .patched:
      return nil
    case .denied(let violations, _):
      code = 422
      reason = "Invalid"
      message = Self.summary(violations)
      causes = violations.map { Cause(field: $0.field, message: $0.message) }
    case .unavailable(let unavailableError):
      code = 503
      reason = "ServiceUnavailable"
      message = unavailableError.message
      causes = []
    }
  }

  private static func summary(_ violations: [Violation]) -> String {
    let reasons = violations.map { "\($0.field): \($0.message)" }
    if reasons.count == 1 { return "the storage network cannot be changed: \(reasons[0])" }
    let numbered = reasons.enumerated().map { "(\($0 + 1)) \($1)" }
    return "the storage network cannot be changed for \(reasons.count) reasons: \(numbered.joined(separator: "; "))"
  }
}
