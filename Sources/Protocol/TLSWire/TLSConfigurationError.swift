internal import COpenSSL

/// Why a certificate and key cannot serve, in words for the operator who provided them.
package struct TLSConfigurationError: Error, Hashable, Sendable {
  /// What somebody has to look at.
  package let component: Component
  package let explanation: String

  package enum Component: Hashable, Sendable {
    case certificateChain
    case privateKey
    case clientCAs
    /// The certificate and the key, of which either may be the wrong one.
    case certificateKeyPair
    /// Nothing the operator provided.
    case library
  }

  init(_ component: Component, _ explanation: String) {
    self.component = component
    self.explanation = explanation
  }

  /// Adds what OpenSSL says to it, if it says anything.
  init(_ component: Component, _ explanation: String, reason: String?) {
    self.init(component, reason.map { "\(explanation) (\($0))" } ?? explanation)
  }
}

/// The oldest error in the thread's queue in OpenSSL's words; the queue is empty afterwards.
func takeOpenSSLReason() -> String? {
  let code = ERR_get_error()
  ERR_clear_error()
  // Sound: the reasons are string literals of the library.
  return unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) }
}
