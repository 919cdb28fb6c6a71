/// The next step of a reconciliation, at most one write. After each step the API server trusts the served certificate and
/// calls the webhook for the setting only, so the process may be killed at any time; the next round continues.
package enum ReconcileStep: Equatable, Sendable {
  /// Detect whether all API servers know matchConditions.
  case detectMatching
  /// Create a CA that has not signed anything yet.
  case createNextCA
  /// Create a configuration, or write its desired state, with the current and the next CA.
  case applyConfiguration(WebhookKind)
  /// Set the label of the object selectors on the Setting.
  case labelSetting
  /// Wait this many seconds until all API servers trust a CA, before its certificates are served.
  case waitForPropagation(Int64)
  /// Replace the current CA by the next one, and sign a serving certificate.
  case activateNextCA
  /// Sign a serving certificate with the current CA.
  case issueServingCertificate
  /// Set the Secret's owner.
  case adoptSecret
  /// Probe a serving pod with the CA bundle.
  case probe
  /// Record a successful probe in the Secret.
  case recordServing
  /// Waiting for an operator.
  case blocked(String)
  case upToDate(requeueAt: Int64)

  /// The purpose of the write, for the log.
  package var purpose: String {
    switch self {
    case .createNextCA: "create the next CA"
    case .applyConfiguration: "apply the webhook configuration"
    case .labelSetting: "label the setting"
    case .activateNextCA: "activate the next CA and sign a serving certificate"
    case .issueServingCertificate: "sign a serving certificate"
    case .adoptSecret: "set the Secret's owner"
    case .recordServing: "record that the webhook has served"
    case .detectMatching, .waitForPropagation, .probe, .blocked, .upToDate: ""
    }
  }
}
