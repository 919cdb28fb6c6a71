internal import COpenSSL

/// One TLS connection without a socket: ciphertext in and out as bytes.
@safe package final class TLSSession {
  /// Owned: freed in `deinit`, with the BIO.
  private let ssl: OpaquePointer
  private let memoryBIO: MemoryBIO
  private var isEstablished = false

  package enum State: Equatable, Sendable {
    case handshaking
    case open
    /// The peer has sent close_notify.
    case ended
    case failed(TLSFailure)
  }

  package init(_ context: TLSContext) {
    // Sound: SSL_new takes a reference to the context; it and BIO_new fail only without memory.
    guard let ssl = unsafe SSL_new(context.pointer), let bio = unsafe BIO_new(MemoryBIO.method) else {
      preconditionFailure("OpenSSL fails here only without memory")
    }
    unsafe self.ssl = ssl
    memoryBIO = MemoryBIO()
    // Sound: the BIO's pointer to the MemoryBIO is unowned. The session owns both, and the SSL object, the only user of
    // the BIO, is freed in `deinit` before the MemoryBIO is released.
    unsafe BIO_set_data(bio, Unmanaged.passUnretained(memoryBIO).toOpaque())
    unsafe BIO_set_init(bio, 1)
    unsafe SSL_set_bio(ssl, bio, bio)
    unsafe SSL_set_accept_state(ssl)
  }

  deinit {
    unsafe SSL_free(ssl)
  }

  /// Decrypts the peer's bytes, appends the result to `plaintext` and bytes to send back to `reply`.
  ///
  /// Consumes all of the ciphertext; an incomplete record is buffered.
  package func receive(_ ciphertext: Span<UInt8>, plaintext: inout [UInt8], reply: inout [UInt8]) -> State {
    // Sound: the MemoryBIO uses the borrowed bytes only until the end of the closure.
    unsafe ciphertext.withUnsafeBytes { bytes in
      unsafe memoryBIO.setInput(bytes)
      defer { memoryBIO.clearInput() }
      swap(&memoryBIO.outgoing, &reply)
      defer { swap(&memoryBIO.outgoing, &reply) }
      return advance(&plaintext)
    }
  }

  /// Encrypts bytes for the peer and appends them to `ciphertext`.
  package func send(_ plaintext: Span<UInt8>, into ciphertext: inout [UInt8]) -> State {
    guard plaintext.count > 0 else { return .open }
    swap(&memoryBIO.outgoing, &ciphertext)
    defer { swap(&memoryBIO.outgoing, &ciphertext) }
    clearErrorQueue()
    // Sound: OpenSSL reads the span within the call. The MemoryBIO accepts everything, so no bytes are left over.
    let written = unsafe plaintext.withUnsafeBytes { unsafe SSL_write(ssl, $0.baseAddress, Int32($0.count)) }
    return written == plaintext.count ? .open : .failed(failure)
  }

  /// Appends a close_notify, the end of this direction (RFC 8446 section 6.1).
  package func close(into ciphertext: inout [UInt8]) {
    guard isEstablished else { return }
    swap(&memoryBIO.outgoing, &ciphertext)
    clearErrorQueue()
    _ = unsafe SSL_shutdown(ssl)
    swap(&memoryBIO.outgoing, &ciphertext)
  }

  /// Frees OpenSSL's record buffers, about 34 KiB, which it allocates again on demand.
  ///
  /// Not after each record, as OpenSSL itself can: that would cost a busy connection time with every request.
  package func releaseBuffers() {
    // Only between records ("RH"): with an incomplete record, OpenSSL before 3.0.14 frees memory that it still needs
    // (CVE-2024-4741). Sound: the call returns a constant of two letters.
    guard unsafe SSL_rstate_string(ssl)[1] == UInt8(ascii: "H") else { return }
    // Fails if decrypted bytes are pending.
    _ = unsafe SSL_free_buffers(ssl)
  }

  private func advance(_ plaintext: inout [UInt8]) -> State {
    clearErrorQueue()
    if !isEstablished {
      let result = unsafe SSL_do_handshake(ssl)
      guard result == 1 else {
        return unsafe SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ ? .handshaking : .failed(failure)
      }
      isEstablished = true
    }
    return readAll(&plaintext)
  }

  private func readAll(_ plaintext: inout [UInt8]) -> State {
    while true {
      var read = 0
      var result: Int32 = 0
      plaintext.append(addingCapacity: Self.maxRecordSize) { output in
        // Sound: OpenSSL writes at most the buffer's size and returns the number of bytes.
        unsafe output.withUnsafeMutableBufferPointer { buffer, count in
          let free = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
          result = unsafe SSL_read_ex(ssl, free.baseAddress, free.count, &read)
          count += read
        }
      }
      if result == 1 {
        // A further read would only return WANT_READ.
        if memoryBIO.isDrained, unsafe SSL_has_pending(ssl) == 0 { return .open }
        continue
      }
      switch unsafe SSL_get_error(ssl, result) {
      case SSL_ERROR_WANT_READ: return .open
      case SSL_ERROR_ZERO_RETURN: return .ended
      default: return .failed(failure)
      }
    }
  }

  /// The maximum content of one record (RFC 8446 section 5.1), so that one read returns one record.
  private static let maxRecordSize = 16 * 1024

  /// Clears the thread's error queue, which must be empty before a call whose error is read from it.
  private func clearErrorQueue() {
    // The check costs a tenth of clearing, and the queue is nearly always empty.
    if ERR_peek_error() != 0 { ERR_clear_error() }
  }

  /// The error of the call that has just failed, from the thread's error queue.
  private var failure: TLSFailure {
    let failure = TLSFailure(openSSLError: ERR_peek_error())
    guard case .clientCertificate(let reason) = failure else { return failure }
    let verification = unsafe SSL_get_verify_result(ssl)
    guard verification != Int(X509_V_OK) else { return failure }
    // Sound: the explanations are constants of the library.
    return .clientCertificate("\(reason): \(unsafe String(cString: X509_verify_cert_error_string(verification)))")
  }
}

// Negotiated parameters, for routing and for the log.
extension TLSSession {
  package var applicationProtocol: ApplicationProtocol {
    var name: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    // Sound: the name is valid as long as the session.
    unsafe SSL_get0_alpn_selected(ssl, &name, &length)
    return unsafe UnsafeBufferPointer(start: name, count: Int(length)).elementsEqual("h2".utf8) ? .http2 : .http1
  }

  /// The subject of the peer's certificate, such as `CN=kube-apiserver,O=example`; nil if none was requested.
  package var peerName: String? {
    // Sound: the certificate is valid as long as the session; the text is copied from the BIO.
    guard let certificate = unsafe SSL_get0_peer_certificate(ssl), let text = unsafe BIO_new(BIO_s_mem()) else {
      return nil
    }
    defer { unsafe BIO_free(text) }
    // RFC 2253 with non-ASCII characters escaped, so that a name cannot look like another line.
    unsafe X509_NAME_print_ex(text, X509_get_subject_name(certificate), 0, COpenSSL_NAME_RFC2253)
    // Twice the length that the log shows of a name.
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = unsafe BIO_read(text, &bytes, Int32(bytes.count))
    return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
  }

  /// The protocol version, such as `TLSv1.3`.
  package var protocolVersion: String { unsafe String(cString: SSL_get_version(ssl)) }

  package var isResumed: Bool { unsafe SSL_session_reused(ssl) == 1 }
}
