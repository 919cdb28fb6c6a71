internal import COpenSSL

/// How OpenSSL ends with the process.
package enum OpenSSLExit {
  /// Leaves OpenSSL's memory to the kernel at exit: by default, `exit` frees it while other threads, which end with the
  /// process, may be in the middle of a handshake. Must be called before anything else initializes OpenSSL.
  ///
  /// <https://docs.openssl.org/3.0/man3/OPENSSL_init_crypto/> (`OPENSSL_INIT_NO_ATEXIT`)
  package static func keepsMemory() {
    _ = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil)
  }
}
