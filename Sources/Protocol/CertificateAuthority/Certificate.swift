internal import COpenSSL

/// An X.509 certificate.
@safe package final class Certificate: @unchecked Sendable {
  // Sendable: a certificate is immutable after it was read or signed.

  /// Owned: freed in `deinit`.
  let pointer: OpaquePointer

  /// Takes ownership of the pointer.
  init(owning pointer: OpaquePointer) {
    unsafe self.pointer = pointer
  }

  deinit {
    unsafe X509_free(pointer)
  }
}

extension Certificate {
  /// Returns the certificates of a PEM text in order; other blocks are ignored.
  package static func all(in pem: [UInt8]) -> [Certificate] {
    let source = BIOBuffer(pem)
    var certificates: [Certificate] = []
    // Sound: the result of PEM_read_bio_X509 is owned by the caller.
    while let pointer = unsafe PEM_read_bio_X509(source.bio, nil, rejectEncryptedKey, nil) {
      unsafe certificates.append(Certificate(owning: pointer))
    }
    // The loop ends with an error in the queue: no further certificate starts.
    ERR_clear_error()
    return certificates
  }

  /// The normalised PEM text: equal certificates have equal bytes.
  package var pem: [UInt8] {
    let text = BIOBuffer()
    unsafe PEM_write_bio_X509(text.bio, pointer)
    return text.bytes
  }

  /// The range in which it is valid, in seconds since 1970.
  package var validity: Range<Int64> {
    let begin = unsafe seconds(X509_get0_notBefore(pointer))
    let end = unsafe seconds(X509_get0_notAfter(pointer))
    return begin..<max(begin, end)
  }

  package func isValid(forHost name: String) -> Bool {
    unsafe X509_check_host(pointer, name, name.utf8.count, UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT), nil) == 1
  }

  package var isCA: Bool { unsafe X509_check_ca(pointer) == 1 }

  /// Returns whether the certificate names the CA as its issuer and has a signature by its key.
  package func isSigned(by authority: Certificate) -> Bool {
    // Sound: the key is owned by the CA's certificate, which outlives the call.
    let isSigned =
      unsafe X509_check_issued(authority.pointer, pointer) == X509_V_OK
      && X509_verify(pointer, X509_get0_pubkey(authority.pointer)) == 1
    ERR_clear_error()
    return isSigned
  }
}

extension Certificate: Equatable {
  package static func == (left: Certificate, right: Certificate) -> Bool {
    unsafe X509_cmp(left.pointer, right.pointer) == 0
  }
}

/// Returns seconds since 1970. OpenSSL computes days and seconds between two times, which saves a calendar here.
private func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
  let beginning = unsafe ASN1_TIME_set(nil, 0)
  defer { unsafe ASN1_TIME_free(beginning) }
  var days: Int32 = 0
  var seconds: Int32 = 0
  unsafe ASN1_TIME_diff(&days, &seconds, beginning, time)
  return Int64(days) * 86_400 + Int64(seconds)
}
