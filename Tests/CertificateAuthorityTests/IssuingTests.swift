import CertificateAuthority
import Foundation
import TestSupport
import Testing

/// Issued certificates, verified by the openssl program.
struct IssuingTests {
  let now = Int64(Date.now.timeIntervalSince1970)
  let names = ["webhook.system.svc", "webhook.system.svc.cluster.local"]

  func authority(_ serial: UInt64 = 1) -> Identity {
    .certificateAuthority(
      Subject(commonName: "authority \(serial)", validity: (now - 3600)..<(now + 86_400), serial: serial))
  }

  func serving(by authority: Identity) -> Identity {
    authority.issue(
      Subject(commonName: names[0], validity: (now - 3600)..<(now + 3600), serial: .max), for: names)
  }

  @Test
  func `openssl verifies a serving certificate for its names only`() throws {
    let authority = authority()
    let serving = serving(by: authority)
    let folder = try TemporaryFolder()
    try folder.write(String(decoding: authority.certificate.pem, as: UTF8.self), to: "ca.pem")
    try folder.write(String(decoding: serving.certificate.pem, as: UTF8.self), to: "tls.pem")
    for (name, sufficient) in names.map({ ($0, true) }) + [("other.system.svc", false)] {
      let run = try Program.run(
        "openssl",
        [
          "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", name, "-CAfile",
          folder.path("ca.pem"), folder.path("tls.pem"),
        ])
      #expect((run.exitCode == 0) == sufficient, "\(name): \(run.output)\(run.errors)")
    }
    let text = try Program.run("openssl", ["x509", "-in", folder.path("tls.pem"), "-noout", "-text"]).output
    for words in ["NIST CURVE: P-256", "ecdsa-with-SHA256", "CA:FALSE", "TLS Web Server Authentication"] {
      #expect(text.contains(words))
    }
  }

  @Test
  func `openssl reads the key and matches it with the certificate`() throws {
    let serving = serving(by: authority())
    let key = try Program.run("openssl", ["pkey", "-pubout"], input: String(decoding: serving.key.pem, as: UTF8.self))
    let certificate = try Program.run(
      "openssl", ["x509", "-noout", "-pubkey"], input: String(decoding: serving.certificate.pem, as: UTF8.self))
    #expect(key.exitCode == 0)
    #expect(key.output == certificate.output)
  }

  @Test
  func `certificate and key survive a round trip through PEM`() throws {
    let authority = authority()
    let serving = serving(by: authority)
    let read = try #require(Identity(certificate: serving.certificate.pem, key: serving.key.pem))
    #expect(read.certificate == serving.certificate)
    #expect(read.certificate.pem == serving.certificate.pem)
    #expect(read.certificate.validity == (now - 3600)..<(now + 3600))
    #expect(!read.certificate.isCA)
    #expect(authority.certificate.isCA)
    #expect(names.allSatisfy(read.certificate.isValid(forHost:)))
    #expect(!read.certificate.isValid(forHost: "other.system.svc"))
    #expect(read.certificate.isSigned(by: authority.certificate))
  }

  @Test
  func `a certificate is not signed by another CA of the same name`() {
    let serving = serving(by: authority())
    #expect(!serving.certificate.isSigned(by: authority().certificate))
    #expect(!serving.certificate.isSigned(by: authority(2).certificate))
  }

  @Test
  func `a certificate with another key is not an identity`() {
    let (one, other) = (authority(1), authority(2))
    #expect(Identity(certificate: one.certificate.pem, key: other.key.pem) == nil)
    #expect(Identity(certificate: one.certificate.pem, key: one.key.pem) != nil)
    #expect(Identity(certificate: [], key: one.key.pem) == nil)
    #expect(Identity(certificate: one.certificate.pem, key: Array("no key".utf8)) == nil)
  }

  @Test
  func `a bundle is read in order, with other text between certificates`() {
    let (one, other) = (authority(1).certificate, authority(2).certificate)
    let bundle = Array("# one\n".utf8) + one.pem + Array("\n# other\n".utf8) + other.pem
    #expect(Certificate.all(in: bundle) == [one, other])
    #expect(Certificate.all(in: Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n".utf8)) == [])
    #expect(Certificate.all(in: []) == [])
  }

  @Test
  func `openssl verifies a certificate for a name of the maximum length in Kubernetes`() throws {
    let long = String(repeating: "a", count: 63)
    let names = ["\(long).\(long).svc.cluster.local"]
    let validity = (now - 3600)..<(now + 3600)
    let authority = Identity.certificateAuthority(
      Subject(commonName: "authority of \(long)", validity: validity, serial: 1))
    let serving = authority.issue(Subject(commonName: names[0], validity: validity, serial: 2), for: names)
    let folder = try TemporaryFolder()
    try folder.write(String(decoding: authority.certificate.pem, as: UTF8.self), to: "ca.pem")
    try folder.write(String(decoding: serving.certificate.pem, as: UTF8.self), to: "tls.pem")
    let run = try Program.run(
      "openssl",
      [
        "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", names[0], "-CAfile",
        folder.path("ca.pem"), folder.path("tls.pem"),
      ])
    #expect(run.exitCode == 0, "\(run.output)\(run.errors)")
    let issuer = try Program.run("openssl", ["x509", "-in", folder.path("tls.pem"), "-noout", "-issuer"]).output
    #expect(issuer.contains("CN = authority of aaa"))
  }

  @Test
  func `a validity beyond 2038 is encoded correctly`() {
    let end: Int64 = 4_102_444_800  // 2100-01-01
    let authority = Identity.certificateAuthority(Subject(commonName: "long", validity: now..<end, serial: 1))
    #expect(authority.certificate.validity == now..<end)
  }
}
