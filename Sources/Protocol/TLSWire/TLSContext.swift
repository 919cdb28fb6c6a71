internal import COpenSSL

/// The configuration that new connections share: certificate, key and protocol options.
///
/// A replaced certificate is a new context; existing connections keep theirs.
@safe package final class TLSContext: @unchecked Sendable {
  // Sendable: an SSL_CTX that is no longer configured may be used by several threads at once (OpenSSL's
  // SSL_CTX_new(3)).

  /// Owned: freed in `deinit`; every SSL object holds its own reference.
  let pointer: OpaquePointer

  /// - Parameters:
  ///   - certificateChain: PEM: the server's certificate first, then the intermediate ones.
  ///   - privateKey: PEM, unencrypted.
  ///   - clientCAs: PEM: if given, clients must present a certificate signed by one of these.
  package init(
    certificateChain: [UInt8], privateKey: [UInt8], clientCAs: [UInt8]? = nil
  ) throws(TLSConfigurationError) {
    guard let pointer = unsafe SSL_CTX_new(TLS_server_method()) else {
      throw TLSConfigurationError(.library, "OpenSSL cannot start", reason: takeOpenSSLReason())
    }
    unsafe self.pointer = pointer
    setProtocolRules()
    try setIdentity(certificateChain, privateKey)
    if let clientCAs { try requireClientCertificate(signedBy: clientCAs) }
  }

  deinit {
    unsafe SSL_CTX_free(pointer)
  }

  /// Allows TLS 1.2 and 1.3 with forward secrecy and authenticated encryption only, as RFC 9325 recommends.
  private func setProtocolRules() {
    // Sound: the pointer is owned and not yet shared; the strings are copied.
    unsafe COpenSSL_set_min_proto_version(pointer, TLS1_2_VERSION)
    unsafe SSL_CTX_set_cipher_list(pointer, "ECDHE+AESGCM:ECDHE+CHACHA20")
    // AES-128 first, as in the API server's Go: no attack on it is known, and it costs a third less than AES-256.
    unsafe SSL_CTX_set_ciphersuites(
      pointer, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256")
    unsafe COpenSSL_set_groups(pointer, "X25519:P-256:P-384")
    // Many clients end a connection without close_notify. Every message has a length, so truncation is detected anyway.
    unsafe SSL_CTX_set_options(
      pointer,
      COpenSSL_OP_NO_RENEGOTIATION | COpenSSL_OP_NO_COMPRESSION | COpenSSL_OP_CIPHER_SERVER_PREFERENCE
        | COpenSSL_OP_IGNORE_UNEXPECTED_EOF)
    // Sessions are resumed by tickets alone, which need no memory here and work across event loops. One is enough: each
    // costs about as much as a request.
    unsafe COpenSSL_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_OFF))
    unsafe SSL_CTX_set_num_tickets(pointer, 1)
    let sessionContext = Array("storage-network-webhook".utf8)
    unsafe SSL_CTX_set_session_id_context(pointer, sessionContext, UInt32(sessionContext.count))
    unsafe SSL_CTX_set_alpn_select_cb(pointer, selectApplicationProtocol, nil)
  }

  private func setIdentity(_ chain: [UInt8], _ key: [UInt8]) throws(TLSConfigurationError) {
    var count = 0
    try unsafe PEM.forEachCertificate(in: chain, of: .certificateChain) { certificate throws(TLSConfigurationError) in
      // Sound: both calls take their own reference.
      let isAccepted =
        count == 0
        ? unsafe SSL_CTX_use_certificate(pointer, certificate) == 1
        : unsafe COpenSSL_add_chain_certificate(pointer, certificate) == 1
      count += 1
      if !isAccepted {
        throw TLSConfigurationError(
          .certificateChain, "certificate \(count) of the file cannot be used", reason: takeOpenSSLReason())
      }
    }
    try unsafe PEM.withPrivateKey(in: key) { key throws(TLSConfigurationError) in
      // Sound: the call takes its own reference. It rejects a key that does not match the certificate.
      guard unsafe SSL_CTX_use_PrivateKey(pointer, key) == 1, unsafe SSL_CTX_check_private_key(pointer) == 1 else {
        throw TLSConfigurationError(
          .certificateKeyPair, "the key does not belong to the certificate", reason: takeOpenSSLReason())
      }
    }
  }

  private func requireClientCertificate(signedBy authorities: [UInt8]) throws(TLSConfigurationError) {
    // Sound: the store is owned by the context; both adding calls take their own references.
    let store = unsafe SSL_CTX_get_cert_store(pointer)
    try unsafe PEM.forEachCertificate(in: authorities, of: .clientCAs) {
      certificate throws(TLSConfigurationError) in
      unsafe X509_STORE_add_cert(store, certificate)
      unsafe SSL_CTX_add_client_CA(pointer, certificate)
    }
    // An intermediate CA of the file is trusted without its root, as in Go (RFC 5280 section 6.1 leaves the choice of
    // trust anchors to the verifier).
    unsafe X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(pointer), UInt(X509_V_FLAG_PARTIAL_CHAIN))
    unsafe SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
  }
}

/// The protocol negotiated in the handshake (ALPN, RFC 7301); without ALPN HTTP/1.1.
package enum ApplicationProtocol: Sendable {
  case http1
  case http2
}

/// The ALPN callback: the server's preference applies. A client that offers neither is rejected (RFC 7301 section 3.2).
private let selectApplicationProtocol: SSL_CTX_alpn_select_cb_func = {
  _, selected, selectedLength, offered, length, _ in
  // Sound: `offered` is valid during the connection's handshake, and the selection points into it.
  for wanted in ["h2", "http/1.1"] {
    var offset = 0
    while offset < Int(length), let offered = unsafe offered {
      let count = unsafe Int(offered[offset])
      let name = unsafe UnsafeBufferPointer(start: offered + offset + 1, count: count)
      if unsafe name.elementsEqual(wanted.utf8) {
        unsafe selected?.pointee = name.baseAddress
        unsafe selectedLength?.pointee = UInt8(count)
        return SSL_TLSEXT_ERR_OK
      }
      offset += count + 1
    }
  }
  return SSL_TLSEXT_ERR_ALERT_FATAL
}
