internal import CertificateAuthority
internal import Logging
internal import Platform
internal import Rules
internal import TLSWire

/// The files a certificate comes from.
package struct CertificateSource: Equatable, Sendable {
  package let certificate: String
  package let key: String
  package let clientCAs: String?

  package init(certificate: String, key: String, clientCAs: String? = nil) {
    self.certificate = certificate
    self.key = key
    self.clientCAs = clientCAs
  }

  var paths: [String] { [certificate, key] + (clientCAs.map { [$0] } ?? []) }

  /// What to look at: files with their options.
  func option(for component: TLSConfigurationError.Component) -> String {
    switch component {
    case .certificateChain: "--tls-certificate \(certificate)"
    case .privateKey: "--tls-key \(key)"
    case .clientCAs: "--client-ca \(clientCAs ?? "")"
    case .certificateKeyPair: "--tls-certificate \(certificate) and --tls-key \(key)"
    case .library: "TLS"
    }
  }

  /// What the files say, which may be no pair at all while they are being replaced.
  func read() throws(ServerError) -> CertificateMaterial {
    CertificateMaterial(
      source: self, chain: try read(certificate, of: "--tls-certificate"), privateKey: try read(key, of: "--tls-key"),
      authorities: try clientCAs.map { path throws(ServerError) in try read(path, of: "--client-ca") })
  }

  private func read(_ path: String, of option: String) throws(ServerError) -> [UInt8] {
    do throws(FileError) {
      return try File.read(path, limit: ServerLimits.maxCertificateFileSize)
    } catch {
      throw ServerError("\(option) \(error)")
    }
  }
}

/// The contents of the files a certificate comes from.
struct CertificateMaterial: Equatable, Sendable {
  let source: CertificateSource
  let chain: [UInt8]
  let privateKey: [UInt8]
  let authorities: [UInt8]?

  func served() throws(ServerError) -> ServedCertificate {
    do throws(TLSConfigurationError) {
      let tlsContext = try TLSContext(certificateChain: chain, privateKey: privateKey, clientCAs: authorities)
      return ServedCertificate(tlsContext: tlsContext, validity: Certificate.all(in: chain).first?.validity ?? 0..<0)
    } catch {
      throw ServerError("\(source.option(for: error.component)): \(error.explanation)")
    }
  }
}

/// A certificate that can be served.
struct ServedCertificate {
  let tlsContext: TLSContext
  /// Seconds since 1970.
  let validity: Range<Int64>

  /// Why clients will not accept it at this time; nil where nothing speaks against it.
  func validityError(at now: Int64) -> String? {
    if validity.lowerBound > now { return "is not valid yet" }
    return validity.upperBound > now ? nil : "has expired"
  }
}

/// Replaces the certificate for new connections when its files change.
final class CertificateReloader {
  let source: CertificateSource
  let tlsContext: TLSContextStore
  private var files: CertificateMaterial
  private var served: ServedCertificate
  /// What was last said against new files, so that it is not said again each time they are looked at.
  private var lastError: String?
  private let metrics: Metrics
  private let log: Logger

  /// At start-up a pair that cannot be used is a mistake on the command line. An expired one is served, since somebody
  /// may be about to renew it; the server is not ready until then.
  init(_ source: CertificateSource, metrics: Metrics, log: Logger) throws {
    self.source = source
    self.metrics = metrics
    self.log = log
    files = try source.read()
    served = try files.served()
    tlsContext = TLSContextStore(served.tlsContext)
    count()
    if let validityError = served.validityError(at: WallClock.seconds) {
      log.error(
        "serving a certificate that is not valid", metadata: ["reason": "\(source.certificate): it \(validityError)"])
    }
  }

  /// A pair that cannot be used leaves the old one in place: half of a renewal may be written already.
  func reload() {
    do {
      let read = try source.read()
      // Another file of the folder has changed; a new context would only make clients' sessions worthless.
      if read == files { return lastError = nil }
      try adopt(read)
      lastError = nil
      log.notice("certificate reloaded", metadata: ["file": "\(source.certificate)"])
    } catch {
      if lastError == "\(error)" { return }
      lastError = "\(error)"
      metrics.failedCertificateReloads.add(1)
      log.error("certificate reload failed, the old one stays", metadata: ["reason": "\(error)"])
    }
  }

  private func adopt(_ read: CertificateMaterial) throws(ServerError) {
    let renewed = try read.served()
    let now = WallClock.seconds
    if let validityError = renewed.validityError(at: now), served.validityError(at: now) == nil {
      throw ServerError("\(source.certificate): it \(validityError)")
    }
    (files, served) = (read, renewed)
    tlsContext.current = renewed.tlsContext
    count()
  }

  private func count() {
    metrics.certificateReloads.add(1)
    metrics.certificateExpiry.set(Int(served.validity.upperBound))
  }
}
