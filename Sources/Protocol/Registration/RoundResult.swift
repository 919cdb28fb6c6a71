internal import CertificateAuthority
internal import JSON

/// What came of a round, and when the next one is due.
package struct RoundResult: Sendable, Equatable {
  package enum Outcome: Sendable, Equatable {
    /// Everything is in the desired state.
    case upToDate
    /// API servers are given time to learn of a CA.
    case propagating
    /// Everything is in order, but no serving pod answers yet: failurePolicy is Ignore.
    case webhookUnavailable(String)
    /// An object that is needed is missing.
    case blocked(String)
    case failed(ReconcileFailure)
  }

  package let outcome: Outcome
  package let requeueAfter: Duration
  package let status: RegistrationStatus
}

extension RoundResult {
  /// Why the registration is not in the desired state; nil where it is.
  package var reason: String? {
    switch outcome {
    case .upToDate: nil
    case .propagating: "waiting \(RegistrationLimits.propagationDelay)s until every API server trusts the next CA"
    case .webhookUnavailable(let error): "no serving pod answers, so failurePolicy is Ignore: \(error)"
    case .blocked(let reason): reason
    case .failed(let failure): failure.explanation
    }
  }
}

extension RoundResult {
  /// The reason without what differs from attempt to attempt, such as how long a connection took to fail.
  package var category: String? {
    switch outcome {
    case .webhookUnavailable: "webhookUnavailable"
    case .failed(.unanswered): "unanswered"
    default: reason
    }
  }
}

/// Why a round ended early.
package enum ReconcileFailure: Sendable, Equatable {
  /// The object was changed or deleted between reading and writing.
  case conflict
  /// Another client keeps undoing what is written.
  case undone
  case malformed
  case unanswered(String)
  /// The API server's status, and its own words.
  case answered(Int, String?)

  /// - Parameter body: A Status of Kubernetes, or any other text.
  package init(status: Int, body: [UInt8]) {
    self = .answered(status, (try? JSONValue(parsing: body))?["message"]?.string)
  }

  /// Trying again soon would change nothing.
  package var needsOperator: Bool {
    switch self {
    case .answered(let status, _): (400..<500).contains(status) && status != 401 && status != 429
    case .undone: true
    case .conflict, .malformed, .unanswered: false
    }
  }

  package var explanation: String {
    switch self {
    case .conflict: "the objects were changed meanwhile"
    case .undone: "another client keeps changing what is written; look for it in metadata.managedFields"
    case .malformed: "the API server's answer is not JSON"
    case .unanswered(let reason): "the API server does not answer: \(reason)"
    case .answered(403, let message?): "\(message); apply the manifests of this version"
    case .answered(let status, let message): "the API server answered \(status)" + (message.map { ": \($0)" } ?? "")
    }
  }
}

/// What /readyz and /metrics of the registrar tell.
package struct RegistrationStatus: Sendable, Equatable {
  package let matching: RequestMatching?
  /// Nil where there is no such configuration.
  package let failurePolicies: [WebhookKind: FailurePolicy]
  /// Configurations with the operator's annotation.
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
