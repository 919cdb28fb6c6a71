internal import COpenSSL

/// Why a TLS connection failed, by the categories of logs and metrics.
package enum TLSFailure: Error, Hashable, Sendable {
  /// The peer sent HTTP without TLS.
  case plainHTTP
  /// The peer supports no protocol version, cipher suite or application protocol of this server.
  case noSharedParameters(String)
  /// The peer sent an alert, such as one about the server's certificate.
  case peerAlert(String)
  /// The peer's certificate is missing or not signed by a configured CA.
  case clientCertificate(String)
  /// The peer violated the protocol, or does not use TLS at all.
  case protocolError(String)

  init(openSSLError code: UInt) {
    let reason = COpenSSL_error_reason(code)
    // Sound: the reasons are constants of the library.
    let text = unsafe ERR_reason_error_string(code).map { unsafe String(cString: $0) } ?? "connection broken"
    switch reason {
    case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST:
      self = .plainHTTP
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_NO_SHARED_CIPHER, SSL_R_NO_APPLICATION_PROTOCOL, SSL_R_WRONG_VERSION_NUMBER,
      SSL_R_VERSION_TOO_LOW, SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM, SSL_R_NO_SUITABLE_KEY_SHARE, SSL_R_NO_SHARED_GROUPS:
      self = .noSharedParameters(text)
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE, SSL_R_CERTIFICATE_VERIFY_FAILED:
      self = .clientCertificate(text)
    // OpenSSL numbers received alerts from 1000 on (SSL_AD_REASON_OFFSET).
    case 1000...1255:
      self = .peerAlert(text)
    default:
      self = .protocolError(text)
    }
  }
}

extension TLSFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .plainHTTP: "the peer sent plain HTTP to the TLS port"
    case .noSharedParameters(let reason): "no shared parameters with the peer: \(reason)"
    case .peerAlert(let reason): "the peer sent an alert: \(reason)"
    case .clientCertificate(let reason): "the client's certificate is not accepted: \(reason)"
    case .protocolError(let reason): "the peer violated the protocol: \(reason)"
    }
  }
}
