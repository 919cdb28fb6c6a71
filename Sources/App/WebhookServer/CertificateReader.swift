internal import CertificateAuthority
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

  func read() throws -> ServedCertificate {
    let limit = ServerLimits.certificateFile
    let chain = try File.read(certificate, limit: limit)
    let privateKey = try File.read(key, limit: limit)
    let authorities = try clientAuthorities.map { try File.read($0, limit: limit) }
    do {
      let context = try TLSContext(certificateChain: chain, privateKey: privateKey, clientAuthorities: authorities)
      return ServedCertificate(context: context, expiry: Certificate.all(in: chain).first?.validity.upperBound ?? 0)
    } catch {
      throw ServerError("\(certificate) and \(key): \(error)")
    }
  }
}

/// A certificate that can be served.
struct ServedCertificate {
  let context: TLSContext
  /// Seconds since 1970.
  let expiry: Int64
}

/// Replaces the certificate for new connections when its files change.
struct CertificateReader {
  let source: CertificateSource
  let context: ContextBox
  let metrics: Metrics
  let log: Logger

  /// At start-up a pair that cannot be used is a mistake on the command line.
  init(_ source: CertificateSource, metrics: Metrics, log: Logger) throws {
    self.source = source
    self.metrics = metrics
    self.log = log
    let certificate = try source.read()
    context = ContextBox(certificate.context)
    count(certificate)
  }

  /// A pair that cannot be used leaves the old one in place: half of a renewal may be written already.
  func readAgain() {
    do {
      let certificate = try source.read()
      context.current = certificate.context
      count(certificate)
      log.notice("certificate read", metadata: ["file": "\(source.certificate)"])
    } catch {
      metrics.failedCertificateReadings.add(1)
      log.error("the new certificate cannot be used, the old one stays", metadata: ["reason": "\(error)"])
    }
  }

  private func count(_ certificate: ServedCertificate) {
    metrics.certificateReadings.add(1)
    metrics.certificateExpiry.set(Int(certificate.expiry))
  }
}
