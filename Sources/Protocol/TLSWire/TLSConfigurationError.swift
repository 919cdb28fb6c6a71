internal import COpenSSL

/// Why a certificate and key are unusable, as a message for the operator who configured them.
package struct TLSConfigurationError: Error, Hashable, Sendable {
  /// The component to check.
  package let component: Component
  package let explanation: String

  package enum Component: Hashable, Sendable {
    case certificateChain
    case privateKey
    case clientCAs
    /// The certificate and the key, of which either may be the wrong one.
    case certificateKeyPair
    /// OpenSSL itself, not the configuration.
    case library
  }

  init(_ component: Component, _ explanation: String) {
    self.component = component
    self.explanation = explanation
  }

  /// Adds OpenSSL's reason, if any.
  init(_ component: Component, _ explanation: String, reason: String?) {
    self.init(component, reason.map { "\(explanation) (\($0))" } ?? explanation)
  }
}

/// Returns the oldest error in the thread's queue as OpenSSL's text, and clears the queue.
func takeOpenSSLReason() -> String? {
  let code = ERR_get_error()
  ERR_clear_error()
  // Sound: the reasons are constants of the library.
  return unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) }
}
