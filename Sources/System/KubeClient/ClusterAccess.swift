internal import Platform

/// Where a cluster's API server is, how to know that it is the right one, and as whom to ask.
package struct ClusterAccess: Sendable, Equatable {
  /// `https://host:port`, perhaps with a path, without a slash at the end.
  package var server: String
  /// The certificates that may have signed the server's; nil for those that the system trusts.
  package var authorities: DataOrFile?
  /// The name that the server's certificate has to be for, where it is not the URL's.
  package var serverName: String?
  package var skipsVerification = false
  package var proxy: String?
  package var user = User()
  /// For messages: where all this was read.
  package var origin: String

  /// As whom to ask: a certificate, a token, a program that provides one of them, or nobody.
  package struct User: Sendable, Equatable {
    package var certificate: DataOrFile?
    package var key: DataOrFile?
    package var token: DataOrFile?
    package var plugin: CredentialPlugin?

    package init() {}
  }

  package init(server: String, origin: String) {
    self.server = server
    self.origin = origin
  }
}

/// Bytes that stand in the configuration itself or in a file, which is read each time: rotated ones count at once.
package enum DataOrFile: Sendable, Equatable {
  case bytes([UInt8])
  case file(String)

  /// What a Secret of Kubernetes can hold at most.
  package static let limit = 1024 * 1024

  package func read() throws(KubeError) -> [UInt8] {
    switch self {
    case .bytes(let bytes): return bytes
    case .file(let path):
      do throws(FileError) {
        return try File.read(path, limit: Self.limit)
      } catch {
        throw KubeError(error.description)
      }
    }
  }
}

/// What one request presents: everything has been read.
struct RequestCredentials {
  var authorities: [UInt8]?
  var certificate: [UInt8]?
  var key: [UInt8]?
  var token: String?
}

/// Has the credentials that a request needs, and has them anew when they expire or were refused.
final class CredentialProvider {
  private let access: ClusterAccess
  /// What the plugin provided last.
  private var provided: ProvidedCredential?

  init(_ access: ClusterAccess) {
    self.access = access
  }

  /// The server refused them.
  func renew() {
    provided = nil
  }

  func load() throws(KubeError) -> RequestCredentials {
    var credentials = RequestCredentials()
    credentials.authorities = try access.authorities.read()
    credentials.certificate = try access.user.certificate.read()
    credentials.key = try access.user.key.read()
    credentials.token = try access.user.token.read().map { String(decoding: $0, as: UTF8.self).trimmed }
    guard let plugin = access.user.plugin else { return credentials }

    let credential = try current(from: plugin)
    credentials.token = credential.token ?? credentials.token
    if let certificate = credential.certificate, let key = credential.key {
      credentials.certificate = certificate
      credentials.key = key
    }
    return credentials
  }

  private func current(from plugin: CredentialPlugin) throws(KubeError) -> ProvidedCredential {
    if let provided, provided.expires.map({ $0 > WallClock.seconds }) ?? true { return provided }
    let credential = try plugin.run(for: access)
    provided = credential
    return credential
  }
}

extension DataOrFile? {
  fileprivate func read() throws(KubeError) -> [UInt8]? {
    guard let self else { return nil }
    return try self.read()
  }
}

extension String {
  /// Without white space at both ends: token files end with a line feed.
  var trimmed: String {
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    let bytes = Array(utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    return String(decoding: bytes, as: UTF8.self)
  }
}
