internal import Logging
internal import Reactor
internal import TLSWire

/// The files a certificate comes from.
package struct CertificateSource: Sendable {
  package let certificate: String
  package let key: String
  package let clientAuthorities: String?

  package init(certificate: String, key: String, clientAuthorities: String? = nil) {
    self.certificate = certificate
    self.key = key
    self.clientAuthorities = clientAuthorities
  }

  var paths: [String] { [certificate, key] + (clientAuthorities.map { [$0] } ?? []) }

  func read() throws -> TLSContext {
    let limit = ServerLimits.certificateFile
    let chain = try File.read(certificate, limit: limit)
    let privateKey = try File.read(key, limit: limit)
    let authorities = try clientAuthorities.map { try File.read($0, limit: limit) }
    do {
      return try TLSContext(certificateChain: chain, privateKey: privateKey, clientAuthorities: authorities)
    } catch {
      throw ServerError("\(certificate) and \(key): \(error)")
    }
  }
}

/// Replaces the certificate for new connections when its files change.
struct CertificateReader {
  let source: CertificateSource
  let context: ContextBox
  let log: Logger

  /// A pair that cannot be used leaves the old one in place: half of a renewal may be written already.
  func readAgain() {
    do {
      context.current = try source.read()
      log.notice("certificate read", metadata: ["file": "\(source.certificate)"])
    } catch {
      log.error("the new certificate cannot be used, the old one stays", metadata: ["reason": "\(error)"])
    }
  }
}
