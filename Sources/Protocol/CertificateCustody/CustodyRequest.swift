/// One question or order to the API server.
package struct CustodyRequest: Sendable, Equatable {
  package enum Method: String, Sendable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
  }

  package let method: Method
  package let path: String
  /// JSON; empty where something is only read.
  package let body: [UInt8]
  /// What it is for, in words for the log.
  package let purpose: String
}

extension CustodyRequest {
  static func read(_ path: String) -> CustodyRequest {
    CustodyRequest(method: .get, path: path, body: [], purpose: "read \(path)")
  }
}

extension CustodyTerms {
  var secretsPath: String { "/api/v1/namespaces/\(namespace)/secrets" }
  var secretPath: String { "\(secretsPath)/\(secret)" }

  func path(of kind: ConfigurationKind) -> String {
    "/apis/admissionregistration.k8s.io/v1/\(kind.rawValue)/\(configuration)"
  }
}
