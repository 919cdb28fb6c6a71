internal import Admission
internal import Logging
internal import Rules

/// What the log tells of a review: who asked what, what came of it and why. The value itself stays out.
struct ReviewLogEntry {
  let webhook: Reviewer.Webhook
  /// The name in the client's certificate, where one is required.
  var client: String?
  let review: AdmissionRequest
  let outcome: Outcome
  let duration: Duration

  /// Names of users and the like are as long as somebody made them.
  private static let longest = 256

  /// The keys are an interface: whoever collects logs has queries with them.
  var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [
      "webhook": "\(webhook.rawValue)",
      "uid": "\(shown(review.uid))",
      "user": "\(shown(review.userName.utf8))",
      "operation": "\(review.operation.rawValue)",
      "verdict": "\(outcome.label.rawValue)",
      "rules": "\(rules.joined(separator: ","))",
      "duration": "\(seconds)",
    ]
    if let client { metadata["client"] = "\(shown(client.utf8))" }
    if review.isDryRun { metadata["dryRun"] = "true" }
    if case .unavailable(let unavailableError) = outcome { metadata["error"] = "\(unavailableError.message)" }
    return metadata
  }

  /// The rules that were broken or that warn, each once, in the order of the law.
  private var rules: [String] {
    let names: [String] =
      switch outcome {
      case .denied(let violations, _): violations.map(\.rule)
      case .allowed(let warnings): warnings.map(\.rule)
      case .patched, .unavailable: []
      }
    return names.enumerated().filter { names.firstIndex(of: $1) == $0 }.map(\.element)
  }

  /// With microseconds, such as `0.000012`.
  private var seconds: String {
    let microseconds = duration.components.attoseconds / 1_000_000_000_000
    let digits = String(microseconds)
    return "\(duration.components.seconds).\(String(repeating: "0", count: 6 - digits.count))\(digits)"
  }

  private func shown(_ text: some Collection<UInt8>) -> String {
    String(decoding: text.prefix(Self.longest), as: UTF8.self) + (text.count > Self.longest ? "…" : "")
  }
}
