import COpenSSL
import TestSupport
import Testing

@testable import TLSWire

@Suite struct `TLS context` {
  let certificates: Certificates
  var folder: TemporaryFolder { certificates.folder }

  init() throws {
    certificates = try Certificates()
  }

  /// The error for these texts.
  func error(chain: [UInt8], key: [UInt8], authorities: [UInt8]? = nil) -> TLSConfigurationError? {
    #expect(throws: TLSConfigurationError.self) {
      try TLSContext(certificateChain: chain, privateKey: key, clientCAs: authorities)
    }
  }

  @Test func `a key that does not match the certificate is rejected`() throws {
    let other = try Certificates()
    let error = error(chain: try folder.read("server.pem"), key: try other.folder.read("server.key"))
    #expect(error?.component == .certificateKeyPair)
    #expect(error?.explanation.hasPrefix("the key does not belong to the certificate") == true)
  }

  @Test func `a text without a certificate or key is rejected`() throws {
    let (chain, key) = (try folder.read("server.pem"), try folder.read("server.key"))
    let (noCertificate, noKey) = ("there is no certificate in the file", "there is no private key in the file")
    for nothing in [[], Array("hello\n".utf8)] {
      #expect(error(chain: nothing, key: key) == .init(.certificateChain, "\(noCertificate); it is not PEM"))
      #expect(error(chain: chain, key: nothing) == .init(.privateKey, "\(noKey); it is not PEM"))
      #expect(
        error(chain: chain, key: key, authorities: nothing)
          == .init(.clientCAs, "\(noCertificate); it is not PEM"))
    }
  }

  @Test func `swapped key and certificate files are described`() throws {
    let (chain, key) = (try folder.read("server.pem"), try folder.read("server.key"))
    #expect(
      error(chain: key, key: key) == .init(.certificateChain, "there is no certificate in the file, but PRIVATE KEY"))
    #expect(
      error(chain: chain, key: chain) == .init(.privateKey, "there is no private key in the file, but CERTIFICATE"))
  }

  @Test func `a damaged key is not reported as missing`() throws {
    let damaged = Array("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n".utf8)
    let error = error(chain: try folder.read("server.pem"), key: damaged)
    #expect(error?.component == .privateKey)
    #expect(error?.explanation.hasPrefix("the key cannot be read") == true)
  }

  @Test func `a key with a passphrase is rejected without a prompt`() throws {
    try certificates.openssl(
      "pkcs8", "-topk8", "-in", certificates.key, "-passout", "pass:secret", "-out", folder.path("encrypted.key"))
    #expect(
      error(chain: try folder.read("server.pem"), key: try folder.read("encrypted.key"))
        == .init(.privateKey, "the key must not be protected by a passphrase"))
  }

  @Test func `an invalid certificate at any position is an error`() throws {
    let good = try folder.read("server.pem")
    let key = try folder.read("server.key")
    // The base64 is truncated.
    let lines = String(decoding: good, as: UTF8.self).split(separator: "\n")
    let broken = Array((lines[..<4] + [lines[lines.count - 1]]).joined(separator: "\n").utf8) + [0x0A]
    for (error, component, number) in [
      (error(chain: broken, key: key), TLSConfigurationError.Component.certificateChain, 1),
      (error(chain: good + broken, key: key), .certificateChain, 2),
      (error(chain: good, key: key, authorities: broken), .clientCAs, 1),
    ] {
      #expect(error?.component == component)
      #expect(error?.explanation.hasPrefix("certificate \(number) of the file cannot be read") == true)
    }
  }

  @Test func `a chain with text between its certificates is accepted`() throws {
    let chain =
      Array("subject: server\n".utf8) + (try folder.read("server.pem")) + Array("\nissuer:\n\n".utf8)
      + (try folder.read("ca.pem"))
    #expect(throws: Never.self) { try TLSContext(certificateChain: chain, privateKey: folder.read("server.key")) }
  }

  @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
  func `a client certificate is required if client CAs are given`(_ version: Int32) throws {
    let context = try certificates.context(clientCAs: "ca.pem")
    var configuration = TLSClient.Configuration(versions: Int(version)...Int(version))
    configuration.certificate = try certificates.client()
    let known = try TLSConnectionPair(TLSClient(configuration), context)
    known.settle()
    #expect(known.state == .open)

    let others = try Certificates()
    configuration.certificate = try others.client()
    let other = try TLSConnectionPair(TLSClient(configuration), context)
    other.settle()
    #expect(
      other.state
        == .failed(.clientCertificate("certificate verify failed: unable to get local issuer certificate")))

    configuration.certificate = nil
    let anonymous = try TLSConnectionPair(TLSClient(configuration), context)
    anonymous.settle()
    #expect(anonymous.state == .failed(.clientCertificate("peer did not return a certificate")))
  }

  @Test func `a serving certificate is rejected as a client certificate`() throws {
    let context = try certificates.context(clientCAs: "ca.pem")
    var configuration = TLSClient.Configuration()
    configuration.certificate = (certificates.certificate, certificates.key)
    let pair = try TLSConnectionPair(TLSClient(configuration), context)
    pair.settle()
    #expect(
      pair.state
        == .failed(.clientCertificate("certificate verify failed: unsuitable certificate purpose")))
  }

  @Test func `an intermediate CA is trusted without its root`() throws {
    let client = try certificates.clientOfIntermediate()
    var configuration = TLSClient.Configuration()
    configuration.certificate = client
    for authority in ["intermediate.pem", "ca.pem"] {
      let pair = try TLSConnectionPair(
        TLSClient(configuration), certificates.context(clientCAs: authority))
      pair.settle()
      #expect(pair.state == .open, "\(authority)")
    }
    configuration.certificate = try certificates.client()
    let other = try TLSConnectionPair(
      TLSClient(configuration), certificates.context(clientCAs: "intermediate.pem"))
    other.settle()
    guard case .failed(.clientCertificate) = other.state else {
      Issue.record("\(other.state)")
      return
    }
  }
}
