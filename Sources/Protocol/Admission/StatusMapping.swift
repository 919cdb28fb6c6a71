internal import Rules

/// The status in an AdmissionReview's response (meta/v1 Status): the table from outcomes to status codes.
///
/// Denials are 422 Invalid with causes: kubectl prints one bullet for each, and `kubectl edit` reopens the file with them.
/// Not 409, because clients retry conflicts.
struct ResponseStatus {
  struct Cause {
    let reason: StaticString
    let field: String
    let message: String
  }

  let code: Int
  let reason: StaticString
  /// All reasons with line breaks: Harvester's Web UI shows nothing else.
  let message: String
  let causes: [Cause]

  init?(_ outcome: Outcome) {
    switch outcome {
    case .allowed, .patched:
      return nil
    case .denied(let violations, _):
      code = 422
      reason = "Invalid"
      message = Self.summary(of: violations)
      causes = violations.map { Cause(reason: $0.kind.reason, field: $0.field, message: $0.message) }
    case .unavailable(let unavailableError):
      code = 503
      reason = "ServiceUnavailable"
      message = "the storage network was not changed, because \(unavailableError.message); try again later"
      causes = []
    }
  }

  /// Returns a single reason unchanged; several with a headline, one on each line.
  private static func summary(of violations: [Violation]) -> String {
    let reasons = violations.map { "\($0.field): \($0.message)" }
    if reasons.count == 1 { return reasons[0] }
    let others = violations.mayHideOthers ? "once these are corrected, the rest is checked" : "there are no others"
    return """
      the storage network was not changed, for \(reasons.count) reasons (\(others)):
      \(reasons.joined(separator: "\n"))
      """
  }
}
