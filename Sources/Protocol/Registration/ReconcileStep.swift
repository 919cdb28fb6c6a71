/// The one thing to do next. Each is at most one write, after which the API server trusts what is served, and no request
/// but one for the setting is sent to the webhook: the program may be killed after any of them, and the next round goes on.
package enum ReconcileStep: Equatable, Sendable {
  /// Ask whether all API servers keep matchConditions.
  case detectMatching
  /// Make a CA that signs nothing yet.
  case createNextCA
  /// Create a configuration, or write its desired state, with every CA that signs or is about to.
  case applyConfiguration(WebhookKind)
  /// Put the label on the Setting that the object selectors look for.
  case labelSetting
  /// Give API servers time to learn of a CA before certificates of it are served, in seconds.
  case waitForPropagation(Int64)
  /// Let the next CA take over, and sign a serving certificate.
  case activateNextCA
  /// Sign a serving certificate with the current CA.
  case issueServingCertificate
  /// Give the Secret its owner back.
  case adoptSecret
  /// Ask whether a serving pod answers under the bundle.
  case probe
  /// Record in the Secret that one did.
  case recordServing
  /// An operator has to do something first.
  case blocked(String)
  case upToDate(requeueAt: Int64)

  /// For the log.
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
