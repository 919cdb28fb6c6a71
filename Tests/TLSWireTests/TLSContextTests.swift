import COpenSSL
import Testbed
import Testing

@testable import TLSWire

@Suite struct `Certificates and keys` {
  let certificates: Certificates
  var folder: TemporaryFolder { certificates.folder }

  init() throws {
    certificates = try Certificates()
  }

  /// The explanation why these files cannot serve.
  func explanation(chain: [UInt8], key: [UInt8], authorities: [UInt8]? = nil) -> String? {
    let error = #expect(throws: TLSConfigurationError.self) {
      try TLSContext(certificateChain: chain, privateKey: key, clientAuthorities: authorities)
    }
    return error?.description
  }

  @Test func `a key that is not the certificate's is refused`() throws {
    let other = try Certificates()
    let text = explanation(chain: try folder.read("server.pem"), key: try other.folder.read("server.key"))
    #expect(text?.hasPrefix("the key does not belong to the certificate") == true)
  }

  @Test func `a file without a certificate or key is refused by name`() throws {
    let (chain, key) = (try folder.read("server.pem"), try folder.read("server.key"))
    for nothing in [[], Array("hello\n".utf8)] {
      #expect(explanation(chain: nothing, key: key)?.hasPrefix("there is no certificate in the PEM file") == true)
      #expect(explanation(chain: chain, key: nothing)?.hasPrefix("there is no private key in the PEM file") == true)
      #expect(
        explanation(chain: chain, key: key, authorities: nothing)
          == "there is no certificate in the file of client authorities")
    }
    // Confused with each other.
    #expect(explanation(chain: key, key: key)?.hasPrefix("there is no certificate") == true)
    #expect(explanation(chain: chain, key: chain)?.hasPrefix("there is no private key") == true)
  }

  @Test func `a key with a passphrase is refused without asking for it`() throws {
    try certificates.openssl(
      "pkcs8", "-topk8", "-in", certificates.key, "-passout", "pass:secret", "-out", folder.path("encrypted.key"))
    let text = explanation(chain: try folder.read("server.pem"), key: try folder.read("encrypted.key"))
    #expect(text?.hasPrefix("the key is protected by a passphrase; give one without") == true)
  }

  @Test func `a broken certificate is not passed over, wherever it stands`() throws {
    let good = try folder.read("server.pem")
    let key = try folder.read("server.key")
    // The base 64 ends in its middle.
    let lines = String(decoding: good, as: UTF8.self).split(separator: "\n")
    let broken = Array((lines[..<4] + [lines[lines.count - 1]]).joined(separator: "\n").utf8) + [0x0A]
    #expect(explanation(chain: broken, key: key)?.hasPrefix("certificate 1 of the PEM file cannot be read") == true)
    #expect(
      explanation(chain: good + broken, key: key)?.hasPrefix("certificate 2 of the PEM file cannot be read") == true)
    #expect(
      explanation(chain: good, key: key, authorities: broken)?.hasPrefix("certificate 1 of the PEM file cannot be read")
        == true)
  }

  @Test func `a chain with its text before and between is taken`() throws {
    let chain =
      Array("subject: server\n".utf8) + (try folder.read("server.pem")) + Array("\nissuer:\n\n".utf8)
      + (try folder.read("ca.pem"))
    #expect(throws: Never.self) { try TLSContext(certificateChain: chain, privateKey: folder.read("server.key")) }
  }

  @Test(arguments: [TLS1_2_VERSION, TLS1_3_VERSION])
  func `a client certificate is required where authorities are given`(_ version: Int32) throws {
    let context = try certificates.context(clientAuthorities: "ca.pem")
    var configuration = TLSClient.Configuration(versions: Int(version)...Int(version))
    configuration.certificate = try certificates.client()
    let known = try Conversation(TLSClient(configuration), context)
    known.settle()
    #expect(known.state == .open)

    let others = try Certificates()
    configuration.certificate = try others.client()
    let stranger = try Conversation(TLSClient(configuration), context)
    stranger.settle()
    #expect(stranger.state == .failed(.clientCertificate("certificate verify failed")))

    configuration.certificate = nil
    let nobody = try Conversation(TLSClient(configuration), context)
    nobody.settle()
    #expect(nobody.state == .failed(.clientCertificate("peer did not return a certificate")))
  }

  @Test func `a serving certificate does not do as a client's`() throws {
    let context = try certificates.context(clientAuthorities: "ca.pem")
    var configuration = TLSClient.Configuration()
    configuration.certificate = (certificates.certificate, certificates.key)
    let conversation = try Conversation(TLSClient(configuration), context)
    conversation.settle()
    #expect(conversation.state == .failed(.clientCertificate("certificate verify failed")))
  }
}
