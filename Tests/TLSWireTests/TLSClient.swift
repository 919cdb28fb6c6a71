import COpenSSL
import Testing

@testable import TLSWire

/// OpenSSL's client without a socket: the peer of a `TLSSession`.
final class TLSClient {
  private let context: OpaquePointer
  private let ssl: OpaquePointer
  /// Owned by the SSL object.
  private let incoming: OpaquePointer
  private let outgoing: OpaquePointer
  private(set) var hasEnded = false
  /// The reason of the first error, from OpenSSL.
  private(set) var failure: String?

  init(_ configuration: Configuration = Configuration()) throws {
    context = try #require(SSL_CTX_new(TLS_client_method()))
    try configuration.apply(to: context)
    ssl = try #require(SSL_new(context))
    incoming = try #require(BIO_new(BIO_s_mem()))
    outgoing = try #require(BIO_new(BIO_s_mem()))
    SSL_set_bio(ssl, incoming, outgoing)
    SSL_set_connect_state(ssl)
    if let session = configuration.session { SSL_set_session(ssl, session.pointer) }
  }

  deinit {
    SSL_free(ssl)
    SSL_CTX_free(context)
  }

  struct Configuration {
    var versions = Int(TLS1_2_VERSION)...Int(TLS1_3_VERSION)
    /// For TLS 1.2 and earlier.
    var ciphers: String?
    /// ALPN: each name after its length; without names the extension is not sent.
    var protocols: [String] = []
    var certificate: (certificate: String, key: String)?
    /// The CA that must have signed the server's certificate, if any.
    var authority: String?
    var session: TLSClientSession?

    fileprivate func apply(to context: OpaquePointer) throws {
      // Macros of the header: SSL_CTX_set_min_proto_version and SSL_CTX_set_max_proto_version.
      SSL_CTX_ctrl(context, SSL_CTRL_SET_MIN_PROTO_VERSION, versions.lowerBound, nil)
      SSL_CTX_ctrl(context, SSL_CTRL_SET_MAX_PROTO_VERSION, versions.upperBound, nil)
      if let ciphers { try #require(SSL_CTX_set_cipher_list(context, ciphers) == 1) }
      let names = protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
      if !names.isEmpty { try #require(SSL_CTX_set_alpn_protos(context, names, UInt32(names.count)) == 0) }
      if let (certificate, key) = certificate {
        try #require(SSL_CTX_use_certificate_chain_file(context, certificate) == 1)
        try #require(SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1)
      }
      if let authority {
        try #require(SSL_CTX_load_verify_locations(context, authority, nil) == 1)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
      }
    }
  }
}

// Actions of tests.
extension TLSClient {
  /// Continues with the received bytes and returns the plaintext.
  func advance() -> [UInt8] {
    ERR_clear_error()
    if SSL_is_init_finished(ssl) == 0 {
      note(SSL_do_handshake(ssl))
      guard failure == nil, SSL_is_init_finished(ssl) == 1 else { return [] }
    }
    var plaintext: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 * 1024)
    while true {
      let count = SSL_read(ssl, &buffer, Int32(buffer.count))
      if count <= 0 {
        note(count)
        return plaintext
      }
      plaintext += buffer[..<Int(count)]
    }
  }

  var isEstablished: Bool { SSL_is_init_finished(ssl) == 1 }

  func write(_ plaintext: [UInt8]) {
    ERR_clear_error()
    note(SSL_write(ssl, plaintext, Int32(plaintext.count)))
  }

  func close() { SSL_shutdown(ssl) }

  /// Requests another handshake, in TLS 1.2 only.
  func renegotiate() {
    ERR_clear_error()
    SSL_renegotiate(ssl)
    note(SSL_do_handshake(ssl))
  }

  /// Requests a key update, in TLS 1.3 instead of renegotiation.
  func updateKeys() { SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED) }

  func give(_ ciphertext: [UInt8]) { BIO_write(incoming, ciphertext, Int32(ciphertext.count)) }

  func takeCiphertext() -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: BIO_ctrl_pending(outgoing))
    let count = BIO_read(outgoing, &bytes, Int32(bytes.count))
    return Array(bytes.prefix(max(0, Int(count))))
  }

  var version: String { String(cString: SSL_get_version(ssl)) }
  var isResumed: Bool { SSL_session_reused(ssl) == 1 }

  /// The session to resume; in TLS 1.3 after a ticket has arrived.
  var session: TLSClientSession? { SSL_get1_session(ssl).map(TLSClientSession.init) }

  private func note(_ result: Int32) {
    guard result <= 0 else { return }
    switch SSL_get_error(ssl, result) {
    case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE, SSL_ERROR_NONE: break
    case SSL_ERROR_ZERO_RETURN: hasEnded = true
    default:
      if failure == nil { failure = ERR_reason_error_string(ERR_peek_error()).map { String(cString: $0) } ?? "broken" }
    }
  }
}

/// A session that a client may resume.
final class TLSClientSession {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) {
    self.pointer = pointer
  }

  deinit { SSL_SESSION_free(pointer) }
}

/// A client, a server session and the connection between them.
final class TLSConnectionPair {
  let client: TLSClient
  let server: TLSSession
  /// The bytes of ciphertext that the server receives at once.
  let piece: Int
  /// Whether the server releases its buffers after each piece.
  var releasesBuffers = false
  private(set) var state = TLSSession.State.handshaking
  /// The received plaintext of each side.
  private(set) var receivedByServer: [UInt8] = []
  private(set) var receivedByClient: [UInt8] = []

  init(_ client: TLSClient, _ context: TLSContext, piece: Int = .max) {
    self.client = client
    server = TLSSession(context)
    self.piece = piece
  }

  /// Transfers bytes in both directions until both sides are idle.
  func settle() {
    while true {
      receivedByClient += client.advance()
      let ciphertext = client.takeCiphertext()
      if ciphertext.isEmpty { return }
      deliver(ciphertext)
    }
  }

  /// Passes bytes to the server as received from the network.
  func deliver(_ ciphertext: [UInt8]) {
    var rest = ciphertext[...]
    while !rest.isEmpty {
      let next = Array(rest.prefix(piece))
      rest = rest.dropFirst(next.count)
      var reply: [UInt8] = []
      if case .failed = state { return }
      state = server.receive(next.span, plaintext: &receivedByServer, reply: &reply)
      client.give(reply)
      if releasesBuffers { server.releaseBuffers() }
    }
  }

  func sendFromServer(_ plaintext: [UInt8]) {
    var ciphertext: [UInt8] = []
    #expect(server.send(plaintext.span, into: &ciphertext) == .open)
    client.give(ciphertext)
    settle()
  }

  func sendFromClient(_ plaintext: [UInt8]) {
    client.write(plaintext)
    settle()
  }

  func closeFromServer() {
    var ciphertext: [UInt8] = []
    server.close(into: &ciphertext)
    client.give(ciphertext)
    settle()
  }
}
