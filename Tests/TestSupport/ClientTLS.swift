import COpenSSL

/// The client's side of TLS connections, with OpenSSL only, so that the server is not tested with itself.
public final class ClientContext: @unchecked Sendable {
  // Sendable: an SSL_CTX that is no longer configured may be used by many threads at once.
  let pointer: OpaquePointer

  /// - Parameters:
  ///   - authority: A PEM file with trusted CAs.
  ///   - certificate: PEM files of a certificate and its key, for a server that requests one.
  public init(authority: String, certificate: (chain: String, key: String)? = nil) {
    guard let pointer = SSL_CTX_new(TLS_client_method()) else { preconditionFailure("OpenSSL cannot start") }
    self.pointer = pointer
    precondition(SSL_CTX_load_verify_locations(pointer, authority, nil) == 1, "\(authority) cannot be read")
    SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
    if let certificate {
      precondition(SSL_CTX_use_certificate_chain_file(pointer, certificate.chain) == 1)
      precondition(SSL_CTX_use_PrivateKey_file(pointer, certificate.key, SSL_FILETYPE_PEM) == 1)
    }
  }

  deinit { SSL_CTX_free(pointer) }
}

/// One TLS connection of a client, without a socket.
public final class ClientTLS {
  private let ssl: OpaquePointer
  private let incoming: OpaquePointer?
  private let outgoing: OpaquePointer?

  public enum State: Equatable {
    case handshaking
    case open
    /// The server has sent close_notify.
    case ended
    case failed(String)
  }

  public private(set) var state = State.handshaking

  /// - Parameter protocols: The protocols to offer by ALPN, for example `h2`.
  public init(_ context: ClientContext, protocols: [String] = ["http/1.1"]) {
    ssl = SSL_new(context.pointer)
    incoming = BIO_new(BIO_s_mem())
    outgoing = BIO_new(BIO_s_mem())
    SSL_set_bio(ssl, incoming, outgoing)
    SSL_set_connect_state(ssl)
    let offer = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    if !offer.isEmpty { SSL_set_alpn_protos(ssl, offer, UInt32(offer.count)) }
    _ = advance()
  }

  deinit { SSL_free(ssl) }

  /// Processes ciphertext and returns the plaintext.
  public func receive(_ ciphertext: [UInt8]) -> [UInt8] {
    if !ciphertext.isEmpty { BIO_write(incoming, ciphertext, Int32(ciphertext.count)) }
    return advance()
  }

  public func send(_ plaintext: [UInt8]) {
    guard !plaintext.isEmpty else { return }
    ERR_clear_error()
    let written = SSL_write(ssl, plaintext, Int32(plaintext.count))
    if written != plaintext.count { state = .failed("a write failed") }
  }

  /// Sends close_notify.
  public func endSending() { SSL_shutdown(ssl) }

  /// Announces a new key for sending (RFC 8446 section 4.6.3).
  public func changeKey() {
    SSL_key_update(ssl, SSL_KEY_UPDATE_NOT_REQUESTED)
    SSL_do_handshake(ssl)
  }

  /// The ciphertext for the server.
  public func takeOutput() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(outgoing))
    if !bytes.isEmpty { BIO_read(outgoing, &bytes, Int32(bytes.count)) }
    return bytes
  }

  /// The serial number of the server's certificate, in hexadecimal.
  public var serverSerial: String {
    guard let certificate = SSL_get0_peer_certificate(ssl), let number = X509_get0_serialNumber(certificate) else {
      return ""
    }
    let count = Int(ASN1_STRING_length(number))
    let bytes = UnsafeBufferPointer(start: ASN1_STRING_get0_data(number), count: count)
    return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
  }

  private func advance() -> [UInt8] {
    ERR_clear_error()
    if state == .handshaking {
      let result = SSL_do_handshake(ssl)
      if result != 1 {
        if SSL_get_error(ssl, result) != SSL_ERROR_WANT_READ { state = .failed(reason) }
        return []
      }
      state = .open
    }
    var plaintext: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    while state == .open {
      let count = SSL_read(ssl, &buffer, Int32(buffer.count))
      if count > 0 {
        plaintext += buffer[..<Int(count)]
        continue
      }
      switch SSL_get_error(ssl, count) {
      case SSL_ERROR_WANT_READ: return plaintext
      case SSL_ERROR_ZERO_RETURN: state = .ended
      default: state = .failed(reason)
      }
    }
    return plaintext
  }

  private var reason: String { ERR_reason_error_string(ERR_peek_error()).map { String(cString: $0) } ?? "broken" }
}
