internal import COpenSSL

/// Why a certificate and key cannot serve, in words for the operator who provided them.
package struct TLSConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  package let description: String

  init(_ description: String) {
    self.description = description
  }

  /// Adds what OpenSSL says to it, if it says anything.
  init(_ description: String, reason: String?) {
    self.description = reason.map { "\(description) (\($0))" } ?? description
  }
}

/// The oldest error in the thread's queue in OpenSSL's words; the queue is empty afterwards.
func takeOpenSSLReason() -> String? {
  let code = ERR_get_error()
  ERR_clear_error()
  // Sound: the reasons are string literals of the library.
  return unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) }
}
