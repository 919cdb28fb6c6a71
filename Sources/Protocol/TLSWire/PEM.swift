internal import COpenSSL

/// Parses the certificates and keys of a PEM text (RFC 7468).
enum PEM {
  /// Calls `body` with each certificate of the text, in order; the certificate is valid during the call.
  ///
  /// - Parameter component: The role of the text, for the error if it has no certificate or an invalid one.
  static func forEachCertificate(
    in text: [UInt8], of component: TLSConfigurationError.Component,
    _ body: (OpaquePointer) throws(TLSConfigurationError) -> Void
  ) throws(TLSConfigurationError) {
    let source = unsafe memory(text)
    defer { unsafe BIO_free(source) }
    ERR_clear_error()
    var count = 0
    // Sound: the caller owns the result of PEM_read_bio_X509 and frees it; the source outlives the loop.
    while let certificate = unsafe PEM_read_bio_X509(source, nil, rejectEncryptedKey, nil) {
      defer { unsafe X509_free(certificate) }
      count += 1
      try unsafe body(certificate)
    }
    // The loop ends with an error: no further certificate starts, or the next one is invalid.
    let isEnd = COpenSSL_error_reason(ERR_peek_last_error()) == PEM_R_NO_START_LINE
    let reason = takeOpenSSLReason()
    if !isEnd {
      throw TLSConfigurationError(component, "certificate \(count + 1) of the file cannot be read", reason: reason)
    }
    if count == 0 {
      throw TLSConfigurationError(component, "there is no certificate in the file\(description(ofContents: text))")
    }
  }

  /// Calls `body` with the text's private key, which is valid during the call.
  static func withPrivateKey(
    in text: [UInt8], _ body: (OpaquePointer) throws(TLSConfigurationError) -> Void
  ) throws(TLSConfigurationError) {
    let source = unsafe memory(text)
    defer { unsafe BIO_free(source) }
    ERR_clear_error()
    // Sound: as above.
    guard let key = unsafe PEM_read_bio_PrivateKey(source, nil, rejectEncryptedKey, nil) else {
      let reason = takeOpenSSLReason()
      let labels = labels(in: text)
      if text.contains("ENCRYPTED") {
        throw TLSConfigurationError(.privateKey, "the key must not be protected by a passphrase")
      }
      if labels.contains(where: { $0.hasSuffix("PRIVATE KEY") }) {
        throw TLSConfigurationError(.privateKey, "the key cannot be read", reason: reason)
      }
      throw TLSConfigurationError(.privateKey, "there is no private key in the file\(description(ofContents: text))")
    }
    defer { unsafe EVP_PKEY_free(key) }
    try unsafe body(key)
  }

  /// Describes the text's other contents: a key instead of a certificate means that two files were swapped.
  private static func description(ofContents text: [UInt8]) -> String {
    let labels = labels(in: text)
    return labels.isEmpty ? "; it is not PEM" : ", but \(labels.joined(separator: ", "))"
  }

  /// Returns the labels of the text's blocks (RFC 7468 section 2), without duplicates.
  private static func labels(in text: [UInt8]) -> [String] {
    var labels: [String] = []
    for line in text.split(separator: UInt8(ascii: "\n")) where line.starts(with: "-----BEGIN ".utf8) {
      let label = String(decoding: line.dropFirst(11).prefix { $0 != UInt8(ascii: "-") }, as: UTF8.self)
      if !labels.contains(label) { labels.append(label) }
    }
    return labels
  }

  /// Returns a copy of the bytes as an OpenSSL BIO.
  private static func memory(_ text: [UInt8]) -> OpaquePointer? {
    let bio = unsafe BIO_new(BIO_s_mem())
    _ = unsafe text.withUnsafeBytes { unsafe BIO_write(bio, $0.baseAddress, Int32($0.count)) }
    return unsafe bio
  }
}

/// Rejects encrypted keys; without this, OpenSSL would prompt for a passphrase on the terminal.
private func rejectEncryptedKey(
  _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32, _: UnsafeMutableRawPointer?
) -> Int32 { -1 }

extension [UInt8] {
  fileprivate func contains(_ word: String) -> Bool {
    let word = Array(word.utf8)
    return indices.contains { self[$0...].starts(with: word) }
  }
}
