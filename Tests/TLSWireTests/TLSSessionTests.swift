import COpenSSL
import TestSupport
import Testing

@testable import TLSWire

@Suite struct `TLS session` {
  let certificates: Certificates
  let context: TLSContext

  init() throws {
    certificates = try Certificates()
    context = try certificates.context()
  }

  static let versions: [(version: Int32, name: String)] = [(TLS1_2_VERSION, "TLSv1.2"), (TLS1_3_VERSION, "TLSv1.3")]

  func configuration(_ version: Int32) -> TLSClient.Configuration {
    TLSClient.Configuration(versions: Int(version)...Int(version), authority: certificates.authority)
  }

  @Test(arguments: versions, [1, 2, 7, 1000, Int.max])
  func `the plaintext is the same for every split of the ciphertext`(
    _ version: (version: Int32, name: String), _ piece: Int
  ) throws {
    let pair = try TLSConnectionPair(TLSClient(configuration(version.version)), context, piece: piece)
    pair.settle()
    #expect(pair.state == .open)
    #expect(pair.client.isEstablished)
    #expect(pair.client.version == version.name)
    #expect(pair.server.protocolVersion == version.name)

    // More than one record.
    let request = (0..<40_000).map { UInt8(truncatingIfNeeded: $0) }
    pair.sendFromClient(request)
    #expect(pair.receivedByServer == request)
    let response = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
    pair.sendFromServer(response)
    #expect(pair.receivedByClient == response)
    #expect(pair.state == .open)
  }

  @Test(arguments: versions, [1, 7, 1000, Int.max])
  func `buffers may be released at any time`(_ version: (version: Int32, name: String), _ piece: Int) throws {
    let pair = try TLSConnectionPair(TLSClient(configuration(version.version)), context, piece: piece)
    pair.releasesBuffers = true
    pair.settle()
    let request = (0..<20_000).map { UInt8(truncatingIfNeeded: $0) }
    for _ in 1...2 {
      pair.sendFromClient(request)
      pair.sendFromServer(request)
    }
    #expect(pair.receivedByServer == request + request)
    #expect(pair.receivedByClient == request + request)
    #expect(pair.state == .open)
  }

  @Test func `data with the end of the handshake is decrypted at once`() throws {
    let client = try TLSClient(configuration(TLS1_3_VERSION))
    let pair = TLSConnectionPair(client, context)
    _ = client.advance()
    pair.deliver(client.takeCiphertext())
    _ = client.advance()
    client.write(Array("early".utf8))
    pair.deliver(client.takeCiphertext())
    #expect(pair.state == .open)
    #expect(pair.receivedByServer == Array("early".utf8))
  }

  @Test(arguments: [
    (["h2", "http/1.1"], ApplicationProtocol.http2), (["http/1.1", "h2"], .http2), (["h2"], .http2),
    (["http/1.1"], .http1), ([], .http1), (["spdy/3", "http/1.1"], .http1), (["h2c", "h2"], .http2),
  ]) func `the application protocol is negotiated, HTTP/2 first`(_ offered: [String], _ agreed: ApplicationProtocol)
    throws
  {
    var configuration = configuration(TLS1_3_VERSION)
    configuration.protocols = offered
    let pair = try TLSConnectionPair(TLSClient(configuration), context)
    pair.settle()
    #expect(pair.state == .open)
    #expect(pair.server.applicationProtocol == agreed)
  }

  @Test(arguments: [["spdy/3"], ["h2c"], ["http/1.0", "h"]])
  func `a client that offers neither protocol is rejected`(_ offered: [String]) throws {
    var configuration = configuration(TLS1_3_VERSION)
    configuration.protocols = offered
    let pair = try TLSConnectionPair(TLSClient(configuration), context)
    pair.settle()
    #expect(pair.state == .failed(.noSharedParameters("no application protocol")))
    #expect(pair.client.failure?.contains("no application protocol") == true)
  }

  @Test(arguments: [TLS1_VERSION, TLS1_1_VERSION]) func `an older protocol version is rejected`(_ version: Int32) throws
  {
    var configuration = configuration(version)
    // OpenSSL alone would not even offer it.
    configuration.ciphers = "DEFAULT:@SECLEVEL=0"
    let pair = try TLSConnectionPair(TLSClient(configuration), context)
    pair.settle()
    #expect(pair.state == .failed(.noSharedParameters("unsupported protocol")))
    #expect(pair.client.failure?.contains("protocol version") == true)
  }

  @Test(arguments: ["ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-CCM"])
  func `a weak cipher suite is rejected`(_ suite: String) throws {
    var configuration = configuration(TLS1_2_VERSION)
    configuration.ciphers = suite
    let pair = try TLSConnectionPair(TLSClient(configuration), context)
    pair.settle()
    #expect(pair.state == .failed(.noSharedParameters("no shared cipher")))
  }

  @Test(arguments: ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"])
  func `a strong cipher suite is negotiated`(_ suite: String) throws {
    var configuration = configuration(TLS1_2_VERSION)
    configuration.ciphers = suite
    let pair = try TLSConnectionPair(TLSClient(configuration), context)
    pair.settle()
    #expect(pair.state == .open)
  }

  @Test(arguments: versions) func `a session is resumed by its ticket, but not with another context`(
    _ version: (version: Int32, name: String)
  ) throws {
    let first = try TLSConnectionPair(TLSClient(configuration(version.version)), context)
    first.settle()
    #expect(!first.server.isResumed)
    var configuration = configuration(version.version)
    configuration.session = first.client.session

    let second = try TLSConnectionPair(TLSClient(configuration), context)
    second.settle()
    #expect(second.state == .open)
    #expect(second.server.isResumed)
    #expect(second.client.isResumed)

    let elsewhere = try TLSConnectionPair(TLSClient(configuration), certificates.context())
    elsewhere.settle()
    #expect(elsewhere.state == .open)
    #expect(!elsewhere.server.isResumed)
  }

  @Test func `renegotiation is rejected and the connection stays open`() throws {
    let pair = try TLSConnectionPair(TLSClient(configuration(TLS1_2_VERSION)), context)
    pair.settle()
    pair.client.renegotiate()
    pair.deliver(pair.client.takeCiphertext())
    _ = pair.client.advance()
    #expect(pair.client.failure == "no renegotiation")
    #expect(pair.state == .open)
  }

  @Test func `key updates are accepted during a connection`() throws {
    let pair = try TLSConnectionPair(TLSClient(configuration(TLS1_3_VERSION)), context)
    pair.settle()
    pair.client.updateKeys()
    pair.sendFromClient(Array("request".utf8))
    pair.sendFromServer(Array("response".utf8))
    #expect(pair.receivedByServer == Array("request".utf8))
    #expect(pair.receivedByClient == Array("response".utf8))
  }

  @Test(arguments: versions) func `either side can send close_notify`(_ version: (version: Int32, name: String)) throws
  {
    let ended = try TLSConnectionPair(TLSClient(configuration(version.version)), context)
    ended.settle()
    ended.client.write(Array("last words".utf8))
    ended.client.close()
    ended.settle()
    #expect(ended.state == .ended)
    #expect(ended.receivedByServer == Array("last words".utf8))

    let closed = try TLSConnectionPair(TLSClient(configuration(version.version)), context)
    closed.settle()
    closed.sendFromServer(Array("last words".utf8))
    closed.closeFromServer()
    #expect(closed.receivedByClient == Array("last words".utf8))
    #expect(closed.client.hasEnded)
    #expect(closed.client.failure == nil)
  }

  @Test func `closing before the end of the handshake sends nothing`() {
    var output: [UInt8] = []
    TLSSession(context).close(into: &output)
    #expect(output == [])
  }

  @Test func `the alert of a peer that does not trust the CA is reported`() throws {
    var configuration = configuration(TLS1_3_VERSION)
    let others = try Certificates()
    configuration.authority = others.authority
    let pair = try TLSConnectionPair(TLSClient(configuration), context)
    pair.settle()
    guard case .failed(.peerAlert(let alert)) = pair.state else {
      Issue.record("\(pair.state)")
      return
    }
    #expect(alert.contains("unknown ca"))
  }
}

@Suite struct `Input that is not TLS` {
  /// The first bytes of a connection, and their classification.
  static let table: [(bytes: [UInt8], isFailure: @Sendable (TLSFailure) -> Bool)] = [
    (Array("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".utf8), { $0 == .plainHTTP }),
    (Array("POST /validate HTTP/1.1\r\n".utf8), { $0 == .plainHTTP }),
    (Array("CONNECT x:443 HTTP/1.1\r\n".utf8), { $0 == .plainHTTP }),
    (Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8), { $0.isPeersFault }),
    (Array("SSH-2.0-OpenSSH_9.2\r\n".utf8), { $0.isPeersFault }),
    ([UInt8](repeating: 0, count: 100), { $0.isPeersFault }),
    ([UInt8](repeating: 0xFF, count: 100), { $0.isPeersFault }),
    // a record with an invalid length
    ([0x16, 0x03, 0x01, 0xFF, 0xFF, 0x01] + [UInt8](repeating: 0, count: 100), { $0.isPeersFault }),
    // an alert and application data instead of a ClientHello
    ([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28], { $0.isPeersFault }),
    ([0x17, 0x03, 0x03, 0x00, 0x02, 0x41, 0x41], { $0.isPeersFault }),
  ]

  @Test(arguments: table.indices, [1, Int.max]) func `each kind of invalid input fails with its cause for every split`(
    _ row: Int, _ piece: Int
  ) throws {
    let pair = try TLSConnectionPair(TLSClient(), Certificates().context(), piece: piece)
    pair.deliver(Self.table[row].bytes)
    guard case .failed(let failure) = pair.state else {
      Issue.record("\(pair.state)")
      return
    }
    #expect(Self.table[row].isFailure(failure), "\(failure)")
    #expect(pair.receivedByServer == [])
  }

  @Test func `every flipped bit is detected`() throws {
    let context = try Certificates().context()
    for bit in 0..<8 {
      let pair = try TLSConnectionPair(TLSClient(), context)
      pair.settle()
      pair.client.write(Array("request".utf8))
      var ciphertext = pair.client.takeCiphertext()
      ciphertext[ciphertext.count - 1 - bit] ^= 1 << UInt8(bit)
      pair.deliver(ciphertext)
      guard case .failed(.protocolError) = pair.state else {
        Issue.record("\(pair.state)")
        return
      }
      #expect(pair.receivedByServer == [])
    }
  }
}

extension TLSFailure {
  fileprivate var isPeersFault: Bool {
    switch self {
    case .protocolError, .noSharedParameters, .peerAlert: true
    case .plainHTTP, .clientCertificate: false
    }
  }
}

extension Certificates {
  func context(clientCAs: String? = nil) throws -> TLSContext {
    try TLSContext(
      certificateChain: folder.read("server.pem"), privateKey: folder.read("server.key"),
      clientCAs: clientCAs.map { try folder.read($0) })
  }
}
