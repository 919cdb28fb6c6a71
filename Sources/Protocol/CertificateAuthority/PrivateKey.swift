internal import COpenSSL

/// The private key of a key pair.
@safe package final class PrivateKey: @unchecked Sendable {
  // Sendable: a key is immutable after it was generated or read.

  /// Owned: freed in `deinit`.
  let pointer: OpaquePointer

  private init(owning pointer: OpaquePointer) {
    unsafe self.pointer = pointer
  }

  /// Generates a key on the curve P-256 with OpenSSL's random generator.
  package convenience init() {
    guard let pointer = unsafe COpenSSL_generate_key("P-256") else {
      preconditionFailure("OpenSSL fails here only without memory or randomness")
    }
    unsafe self.init(owning: pointer)
  }

  /// The first private key of a PEM text; nil without one, or if it is encrypted.
  package convenience init?(pem: [UInt8]) {
    let source = BIOBuffer(pem)
    defer { ERR_clear_error() }
    guard let pointer = unsafe PEM_read_bio_PrivateKey(source.bio, nil, rejectEncryptedKey, nil) else { return nil }
    unsafe self.init(owning: pointer)
  }

  deinit {
    unsafe EVP_PKEY_free(pointer)
  }

  /// The key in PKCS #8, unencrypted.
  package var pem: [UInt8] {
    let text = BIOBuffer()
    unsafe PEM_write_bio_PrivateKey(text.bio, pointer, nil, nil, 0, nil, nil)
    return text.bytes
  }

  package func belongs(to certificate: Certificate) -> Bool {
    defer { ERR_clear_error() }
    return unsafe X509_check_private_key(certificate.pointer, pointer) == 1
  }
}

/// Bytes as an OpenSSL BIO.
@safe final class BIOBuffer {
  /// Owned: freed in `deinit`.
  let bio: OpaquePointer

  init(_ bytes: [UInt8] = []) {
    guard let bio = unsafe BIO_new(BIO_s_mem()) else { preconditionFailure("OpenSSL fails here only without memory") }
    unsafe self.bio = bio
    // Sound: OpenSSL copies the bytes.
    _ = unsafe bytes.withUnsafeBytes { unsafe BIO_write(bio, $0.baseAddress, Int32($0.count)) }
  }

  deinit {
    unsafe BIO_free(bio)
  }

  /// The written bytes; reading removes them.
  var bytes: [UInt8] {
    // Sound: OpenSSL writes at most the buffer's size and returns the number of bytes.
    unsafe [UInt8](unsafeUninitializedCapacity: BIO_ctrl_pending(bio)) { buffer, count in
      count = unsafe max(0, Int(BIO_read(bio, buffer.baseAddress, Int32(buffer.count))))
    }
  }
}

/// Rejects encrypted keys; without this, OpenSSL would prompt for a passphrase on the terminal.
func rejectEncryptedKey(
  _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32, _: UnsafeMutableRawPointer?
) -> Int32 { -1 }
