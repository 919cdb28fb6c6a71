internal import Admission
internal import Logging
internal import Rules

/// The log metadata of a review: user, operation, verdict and rules. The setting's value stays out.
struct ReviewLogEntry {
  let webhook: Reviewer.Webhook
  /// The name in the client certificate, where one is required.
  var client: String?
  let review: AdmissionRequest
  let outcome: Outcome
  let duration: Duration

  /// In bytes; names of users and the like have no limit of their own.
  private static let maxLength = 256

  /// The keys are an interface: log queries depend on them.
  var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = [
      "webhook": "\(webhook.rawValue)",
      "uid": "\(truncated(review.uid))",
      "user": "\(truncated(review.userName.utf8))",
      "operation": "\(review.operation.rawValue)",
      "verdict": "\(outcome.label.rawValue)",
      "rules": "\(rules.joined(separator: ","))",
      "duration": "\(seconds)",
    ]
    if let client { metadata["client"] = "\(truncated(client.utf8))" }
    if review.isDryRun { metadata["dryRun"] = "true" }
    if case .unavailable(let unavailableError) = outcome { metadata["reason"] = "\(unavailableError.message)" }
    return metadata
  }

  /// The violated or warning rules, each once, in the order of the catalog.
  private var rules: [String] {
    let names: [String] =
      switch outcome {
      case .denied(let violations, _): violations.map(\.rule)
      case .allowed(let warnings): warnings.map(\.rule)
      case .patched, .unavailable: []
      }
    return names.enumerated().filter { names.firstIndex(of: $1) == $0 }.map(\.element)
  }

  /// The duration in seconds with microseconds, for example `0.000012`.
  private var seconds: String {
    let microseconds = duration.components.attoseconds / 1_000_000_000_000
    let digits = String(microseconds)
    return "\(duration.components.seconds).\(String(repeating: "0", count: 6 - digits.count))\(digits)"
  }

  private func truncated(_ text: some Collection<UInt8>) -> String {
    String(decoding: text.prefix(Self.maxLength), as: UTF8.self) + (text.count > Self.maxLength ? "…" : "")
  }
}
