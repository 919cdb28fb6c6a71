internal import COpenSSL

/// One TLS connection without a socket: ciphertext goes in and comes out as bytes.
@safe package final class TLSSession {
  /// Owned: freed in `deinit`, and with it the BIO.
  private let ssl: OpaquePointer
  private let memoryBIO: MemoryBIO
  private var isEstablished = false

  package enum State: Equatable, Sendable {
    case handshaking
    case open
    /// The peer has said that it will send no more.
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
    // Sound: the BIO's pointer to the transport is unowned. The session owns both, and the SSL object, which alone
    // uses the BIO, is freed in `deinit` before the transport is released.
    unsafe BIO_set_data(bio, Unmanaged.passUnretained(memoryBIO).toOpaque())
    unsafe BIO_set_init(bio, 1)
    unsafe SSL_set_bio(ssl, bio, bio)
    unsafe SSL_set_accept_state(ssl)
  }

  deinit {
    unsafe SSL_free(ssl)
  }

  /// Takes ciphertext from the peer; appends what it says to `plaintext` and what has to be sent back to `reply`.
  ///
  /// All of the ciphertext is taken: what is not a whole record yet waits inside.
  package func receive(_ ciphertext: Span<UInt8>, plaintext: inout [UInt8], reply: inout [UInt8]) -> State {
    // Sound: the transport uses the lent bytes only until the end of the closure.
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
    forgetFailures()
    // Sound: OpenSSL reads the span within the call. The transport takes everything, so nothing is ever left over.
    let written = unsafe plaintext.withUnsafeBytes { unsafe SSL_write(ssl, $0.baseAddress, Int32($0.count)) }
    return written == plaintext.count ? .open : .failed(failure)
  }

  /// Appends the close_notify that says that nothing more will come (RFC 8446 section 6.1).
  package func close(into ciphertext: inout [UInt8]) {
    guard isEstablished else { return }
    swap(&memoryBIO.outgoing, &ciphertext)
    forgetFailures()
    _ = unsafe SSL_shutdown(ssl)
    swap(&memoryBIO.outgoing, &ciphertext)
  }

  /// Gives back what OpenSSL keeps to read and write records, about 34 KiB; it takes them again when it needs them.
  ///
  /// Not after each record, as OpenSSL can do it itself: a busy connection would pay for it with every request.
  package func releaseBuffers() {
    // Between records only, "RH": where one is not whole yet, OpenSSL before 3.0.14 frees what it still needs
    // (CVE-2024-4741). Sound: the call gives a literal of two letters.
    guard unsafe SSL_rstate_string(ssl)[1] == UInt8(ascii: "H") else { return }
    // It refuses where something was read and not yet asked for.
    _ = unsafe SSL_free_buffers(ssl)
  }

  private func advance(_ plaintext: inout [UInt8]) -> State {
    forgetFailures()
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
      plaintext.append(addingCapacity: Self.largestRecord) { output in
        // Sound: OpenSSL writes at most as many bytes as it is offered and tells how many it wrote.
        unsafe output.withUnsafeMutableBufferPointer { buffer, count in
          let free = unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
          result = unsafe SSL_read_ex(ssl, free.baseAddress, free.count, &read)
          count += read
        }
      }
      if result == 1 {
        // Asking once more would only be told to wait.
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

  /// The most that one record carries (RFC 8446 section 5.1), so that one read takes one record.
  private static let largestRecord = 16 * 1024

  /// What a call fails with is read from the thread's queue of errors, so that has to be empty before.
  private func forgetFailures() {
    // Asking is a tenth of clearing, and there is nearly never anything to clear.
    if ERR_peek_error() != 0 { ERR_clear_error() }
  }

  /// What the thread's queue of errors says of the call that has just failed.
  private var failure: TLSFailure {
    let failure = TLSFailure(openSSLError: ERR_peek_error())
    guard case .clientCertificate(let reason) = failure else { return failure }
    let verification = unsafe SSL_get_verify_result(ssl)
    guard verification != Int(X509_V_OK) else { return failure }
    // Sound: the explanations are string literals of the library.
    return .clientCertificate("\(reason): \(unsafe String(cString: X509_verify_cert_error_string(verification)))")
  }
}

// What was agreed on, for routing and for the log.
extension TLSSession {
  package var applicationProtocol: ApplicationProtocol {
    var name: UnsafePointer<UInt8>?
    var length: UInt32 = 0
    // Sound: OpenSSL lends the name as long as the session lives.
    unsafe SSL_get0_alpn_selected(ssl, &name, &length)
    return unsafe UnsafeBufferPointer(start: name, count: Int(length)).elementsEqual("h2".utf8) ? .http2 : .http1
  }

  /// The subject of the peer's certificate, such as `CN=kube-apiserver,O=example`; nil where it was not asked for one.
  package var peerName: String? {
    // Sound: OpenSSL lends the certificate as long as the session lives; the text is copied out of the BIO.
    guard let certificate = unsafe SSL_get0_peer_certificate(ssl), let text = unsafe BIO_new(BIO_s_mem()) else {
      return nil
    }
    defer { unsafe BIO_free(text) }
    // RFC 2253, with characters that are not ASCII escaped, so that a name cannot look like another line.
    unsafe X509_NAME_print_ex(text, X509_get_subject_name(certificate), 0, COpenSSL_NAME_RFC2253)
    // Twice what the log shows of a name.
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = unsafe BIO_read(text, &bytes, Int32(bytes.count))
    return String(decoding: bytes.prefix(max(0, Int(count))), as: UTF8.self)
  }

  /// Such as `TLSv1.3`.
  package var protocolVersion: String { unsafe String(cString: SSL_get_version(ssl)) }

  package var isResumed: Bool { unsafe SSL_session_reused(ssl) == 1 }
}
