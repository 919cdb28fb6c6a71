internal import Admission
internal import Logging
internal import Rules

extension Reviewer.Answer {
  /// What the log tells of a review: who did what to the setting and what came of it. The value itself stays out.
  func metadata(for webhook: Reviewer.Webhook) -> Logger.Metadata {
    var metadata: Logger.Metadata = [
      "webhook": "\(webhook.rawValue)",
      "uid": "\(String(decoding: request.uid, as: UTF8.self))",
      "user": "\(String(decoding: request.userName, as: UTF8.self))",
      "operation": "\(request.operation?.rawValue ?? "")",
      "verdict": "\(outcome.word)",
    ]
    if request.isDryRun { metadata["dryRun"] = "true" }
    switch outcome {
    case .denied(let violations, _): metadata["rules"] = "\(violations.map(\.rule).joined(separator: ","))"
    case .undecided(let fault): metadata["fault"] = "\(fault.message)"
    case .allowed, .patched: break
    }
    return metadata
  }
}

extension Outcome {
  fileprivate var word: String {
    switch self {
    case .allowed: "allowed"
    case .patched: "patched"
    case .denied: "denied"
    case .undecided: "undecided"
    }
  }
}
