internal import Platform

/// The address of a cluster's API server, how to verify it, and the credentials to use.
package struct ClusterAccess: Sendable, Equatable {
  /// `https://host:port` with an optional path, without a trailing slash.
  package var server: String
  /// The CA certificates of the server; nil for the system's.
  package var caBundle: DataOrFile?
  /// The name that the server's certificate must have, if it is not the URL's host.
  package var serverName: String?
  package var skipsVerification = false
  package var proxy: String?
  package var user = User()
  /// The source of the configuration, for messages.
  package var origin: String

  /// The client's identity: a certificate, a token, a program that provides one of them, or none.
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

/// Bytes in the configuration itself or in a file, which is read each time, so that a rotation takes effect at once.
package enum DataOrFile: Sendable, Equatable {
  case bytes([UInt8])
  case file(String)

  /// The maximum size of a Kubernetes Secret.
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

/// The credentials of one request, with the contents of all files.
struct RequestCredentials {
  var caBundle: [UInt8]?
  var certificate: [UInt8]?
  var key: [UInt8]?
  var token: String?
  /// Which of the plugin's credentials they are; 0 for those of files.
  var generation = 0
}

/// Provides the credentials for requests, and renews them when they expire or the server rejects them.
final class CredentialProvider {
  private let access: ClusterAccess
  /// The last credentials from the plugin.
  private var provided: ProvidedCredential?

  init(_ access: ClusterAccess) {
    self.access = access
  }

  /// The number of credentials that the plugin has provided.
  private var generation = 0

  /// Discards credentials that the server has rejected. Requests that began with the same ones are rejected later, when
  /// there are others already.
  func renew(_ rejected: Int) {
    if rejected == generation { provided = nil }
  }

  func load() throws(KubeError) -> RequestCredentials {
    var credentials = RequestCredentials()
    credentials.caBundle = try access.caBundle.read()
    credentials.certificate = try access.user.certificate.read()
    credentials.key = try access.user.key.read()
    credentials.token = try access.user.token.read().map { String(decoding: $0, as: UTF8.self).trimmed }
    guard let plugin = access.user.plugin else { return credentials }

    let credential = try current(from: plugin)
    credentials.generation = generation
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
    generation += 1
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
  /// The string without white space at both ends: token files end with a line feed.
  var trimmed: String {
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    let bytes = Array(utf8.drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    return String(decoding: bytes, as: UTF8.self)
  }
}
