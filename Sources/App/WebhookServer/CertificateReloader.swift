internal import CertificateAuthority
internal import Logging
internal import Platform
internal import Rules
internal import TLSWire
internal import WebhookCore

/// The file paths of a certificate chain, its key and the client CAs.
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

  /// Returns the options and files to name in an error about a component.
  func option(for component: TLSConfigurationError.Component) -> String {
    switch component {
    case .certificateChain: "--tls-certificate \(certificate)"
    case .privateKey: "--tls-key \(key)"
    case .clientCAs: "--client-ca \(clientCAs ?? "")"
    case .certificateKeyPair: "--tls-certificate \(certificate) and --tls-key \(key)"
    case .library: "TLS"
    }
  }

  /// Reads the files. Certificate and key may not match while they are being replaced.
  func read() throws(ProgramError) -> CertificateMaterial {
    CertificateMaterial(
      source: self, chain: try read(certificate, of: "--tls-certificate"), privateKey: try read(key, of: "--tls-key"),
      clientCAs: try clientCAs.map { path throws(ProgramError) in try read(path, of: "--client-ca") })
  }

  private func read(_ path: String, of option: String) throws(ProgramError) -> [UInt8] {
    do throws(FileError) {
      return try File.read(path, limit: ServerLimits.maxCertificateFileSize)
    } catch {
      throw ProgramError("\(option) \(error)")
    }
  }
}

/// The contents of the files of a ``CertificateSource``.
struct CertificateMaterial: Equatable, Sendable {
  let source: CertificateSource
  let chain: [UInt8]
  let privateKey: [UInt8]
  let clientCAs: [UInt8]?

  func served() throws(ProgramError) -> ServedCertificate {
    do throws(TLSConfigurationError) {
      let tlsContext = try TLSContext(certificateChain: chain, privateKey: privateKey, clientCAs: clientCAs)
      return ServedCertificate(tlsContext: tlsContext, validity: Certificate.all(in: chain).first?.validity ?? 0..<0)
    } catch {
      throw ProgramError("\(source.option(for: error.component)): \(error.explanation)")
    }
  }
}

/// A TLS context with the validity of its certificate.
struct ServedCertificate {
  let tlsContext: TLSContext
  /// Seconds since 1970.
  let validity: Range<Int64>

  /// Returns why clients reject the certificate at this time; nil if it is valid.
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
  /// The last reported error, so that a repeated reload does not report it again.
  private var lastError: String?
  private let metrics: Metrics
  private let log: Logger

  /// Loads the certificate. At start-up an unusable pair is a configuration error. An expired certificate is served,
  /// since a renewal may be on its way; the server is not ready until then.
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

  /// Reloads the files. An unusable pair leaves the old one in place: half of a renewal may be written already.
  func reload() {
    do {
      let read = try source.read()
      // Another file of the folder has changed. A new context would only invalidate the clients' TLS sessions.
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

  private func adopt(_ read: CertificateMaterial) throws(ProgramError) {
    let renewed = try read.served()
    let now = WallClock.seconds
    if let validityError = renewed.validityError(at: now), served.validityError(at: now) == nil {
      throw ProgramError("\(source.certificate): it \(validityError)")
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
