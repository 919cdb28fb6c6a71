internal import CertificateAuthority
internal import JSON

/// The result of a round, and the delay until the next one.
package struct RoundResult: Sendable, Equatable {
  package enum Outcome: Sendable, Equatable {
    /// Everything is in the desired state.
    case upToDate
    /// Waiting until all API servers trust a CA.
    case propagating
    /// In the desired state, but no serving pod has responded yet: failurePolicy is Ignore.
    case webhookUnavailable(String)
    /// A required object is missing.
    case blocked(String)
    case failed(ReconcileFailure)
  }

  package let outcome: Outcome
  package let requeueAfter: Duration
  package let status: RegistrationStatus
}

extension RoundResult {
  /// Why the registration is not in the desired state; nil if it is.
  package var reason: String? {
    switch outcome {
    case .upToDate: nil
    case .propagating: "waiting \(RegistrationLimits.propagationDelay)s until every API server trusts the next CA"
    case .webhookUnavailable(let error): "no serving pod responds, so failurePolicy is Ignore: \(error)"
    case .blocked(let reason): reason
    case .failed(let failure): failure.explanation
    }
  }
}

extension RoundResult {
  /// The reason without details that differ between attempts, such as the time until a connection failed.
  package var category: String? {
    switch outcome {
    case .webhookUnavailable: "webhookUnavailable"
    case .failed(.noResponse): "noResponse"
    default: reason
    }
  }
}

/// The error that ended a round.
package enum ReconcileFailure: Sendable, Equatable {
  /// The object was changed or deleted between reading and writing.
  case conflict
  /// Another client undoes each write.
  case overwritten
  case malformed
  case noResponse(String)
  /// The HTTP status of the API server, and the message of its Status.
  case errorResponse(Int, String?)

  /// - Parameter body: A Status of Kubernetes, or any other text.
  package init(status: Int, body: [UInt8]) {
    self = .errorResponse(status, (try? JSONValue(parsing: body))?["message"]?.string)
  }

  /// Whether a retry cannot succeed before an operator acts.
  package var needsOperator: Bool {
    switch self {
    case .errorResponse(let status, _): (400..<500).contains(status) && status != 401 && status != 429
    case .overwritten: true
    case .conflict, .malformed, .noResponse: false
    }
  }

  package var explanation: String {
    switch self {
    case .conflict: "the object was changed by another client"
    case .overwritten: "another client undoes each write; find it in metadata.managedFields"
    case .malformed: "the response of the API server is not JSON"
    case .noResponse(let reason): "the API server does not respond: \(reason)"
    case .errorResponse(403, let message?): "\(message); apply the manifests of this version"
    case .errorResponse(let status, let message):
      "the API server responded with \(status)" + (message.map { ": \($0)" } ?? "")
    }
  }
}

/// The content of the registrar's /readyz and /metrics.
package struct RegistrationStatus: Sendable, Equatable {
  package let matching: RequestMatching?
  /// The policy of each existing configuration.
  package let failurePolicies: [WebhookKind: FailurePolicy]
  /// The configurations with the operator's annotation.
  package let optedOut: [WebhookKind]
  /// Seconds since 1970.
  package let servingCertificateExpiry: Int64?
  package let caExpiry: Int64?

  init(_ observed: ObservedState, at now: Int64) {
    matching = observed.matching?.0
    failurePolicies = observed.configurations.compactMapValues(\.failurePolicy)
    optedOut = WebhookKind.allCases.filter { observed.configurations[$0]?.isOptedOut == true }
    servingCertificateExpiry = observed.servingCertificate?.validity.upperBound
    caExpiry = observed.secret.flatMap { Certificate.all(in: $0[.ca]).first }?.validity.upperBound
  }
}
