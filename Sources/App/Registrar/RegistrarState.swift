internal import Logging
internal import Platform
internal import Registration
internal import Synchronization
internal import WebhookCore

/// The state that the reconciling thread shares with the thread that serves /healthz, /readyz and /metrics.
final class RegistrarState: Sendable {
  private struct Content {
    var status: RegistrationStatus?
    /// Why the registration is not as desired; nil if it is.
    var reason: String? = "no reconciliation has completed yet"
    var category: String?
    var rounds = 0
    var failures = 0
    var writes = 0
    var failedWrites = 0
    var lastBeat = MonotonicInstant.now
  }

  private let content = Mutex(Content())

  /// The maximum interval between two beats of the reconciling thread.
  static let heartbeat: Duration = .seconds(10)
  private static let heartbeatLimit: Duration = .seconds(120)

  /// Stores the result of a round. Returns whether the category of the reason has changed.
  func publish(_ result: RoundResult, reason: String?, category: String?) -> Bool {
    content.withLock { content in
      content.rounds += 1
      content.lastBeat = .now
      if case .failed = result.outcome {
        content.failures += 1
        // A round that ended early has not read everything.
        if content.status == nil { content.status = result.status }
      } else {
        content.status = result.status
      }
      let hasChanged = content.rounds == 1 || content.category != category
      (content.reason, content.category) = (reason, category)
      return hasChanged
    }
  }

  func countWrite(isWritten: Bool) {
    content.withLock { if isWritten { $0.writes += 1 } else { $0.failedWrites += 1 } }
  }

  func beat() {
    content.withLock { $0.lastBeat = .now }
  }

  var isAlive: Bool { content.withLock { MonotonicInstant.now - $0.lastBeat < Self.heartbeatLimit } }

  /// The body of /readyz, and whether the registration is as desired.
  var readiness: (isReady: Bool, text: String) {
    let content = content.withLock { $0 }
    var lines = content.reason.map { ["not registered as desired", "- \($0)"] } ?? ["registered"]
    for (key, value) in (content.status?.metadata ?? [:]).sorted(by: { $0.key < $1.key }) {
      lines.append("\(key): \(value)")
    }
    return (content.reason == nil, lines.map { $0 + "\n" }.joined())
  }
}

extension RegistrarState {
  func write(to exposition: inout Exposition) {
    let content = content.withLock { $0 }
    exposition.begin("build_info", .gauge, "Version of the program; the value is always 1.")
    exposition.add(1, ["version": Version.current])
    exposition.add(
      "registration_up_to_date", .gauge, "Whether the Secret and the webhook configurations are in the desired state.",
      content.reason == nil ? 1 : 0)
    exposition.begin("registration_fails_closed", .gauge, "Whether a webhook configuration has failurePolicy Fail.")
    for kind in WebhookKind.allCases {
      exposition.add(content.status?.failurePolicies[kind] == .fail ? 1 : 0, ["configuration": kind.rawValue])
    }
    exposition.begin(
      "registration_matching_info", .gauge, "How the webhooks are restricted to the setting; the value is always 1.")
    exposition.add(1, ["by": content.status?.matching?.rawValue ?? "unknown"])
    exposition.begin(
      "registration_certificate_expiry_timestamp_seconds", .gauge, "Expiry of the certificates in the Secret.")
    exposition.add(Int(content.status?.servingCertificateExpiry ?? 0), ["certificate": "serving"])
    exposition.add(Int(content.status?.caExpiry ?? 0), ["certificate": "ca"])
    exposition.begin(
      "registration_writes_total", .counter, "Writes of the Secret, the configurations and the setting's label.")
    exposition.add(content.writes, ["result": "written"])
    exposition.add(content.failedWrites, ["result": "failed"])
    exposition.add("registration_rounds_total", .counter, "Reconciliations.", content.rounds)
    exposition.add(
      "registration_failed_rounds_total", .counter, "Reconciliations that ended with an error.", content.failures)
    if let statistics = ProcessStatistics.current { exposition.add(statistics) }
  }
}

extension RegistrationStatus {
  var metadata: Logger.Metadata {
    var metadata: Logger.Metadata = ["matching": "\(matching?.rawValue ?? "unknown")"]
    for (kind, policy) in failurePolicies { metadata["\(kind.rawValue)FailurePolicy"] = "\(policy.rawValue)" }
    if !optedOut.isEmpty { metadata["failurePolicyAnnotation"] = "\(optedOut.map(\.rawValue).joined(separator: ", "))" }
    if let servingCertificateExpiry {
      metadata["certificateExpires"] = "\(WallClock.timestamp(servingCertificateExpiry))"
    }
    return metadata
  }
}
