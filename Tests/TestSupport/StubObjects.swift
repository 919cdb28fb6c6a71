import Foundation

/// The objects that the registrar writes, stored as by an API server; all lists are empty.
public final class StubObjects: @unchecked Sendable {
  // Sendable: all mutable state is guarded by the lock.

  private let lock = NSLock()
  private var objects = [
    "/apis/rbac.authorization.k8s.io/v1/clusterroles/storage-network-webhook-registrar":
      #"{"metadata":{"name":"storage-network-webhook-registrar","uid":"1"}}"#
  ]

  public init() {}

  public func respond(to request: StubAPIServer.Request) -> StubAPIServer.Reply {
    if request.isWatch { return .stream }
    return lock.withLock {
      switch request.method {
      case "POST" where !request.path.contains("dryRun=All"):
        let isSecret = request.name.hasSuffix("/secrets")
        objects["\(request.name)/storage-network-webhook\(isSecret ? "-tls" : "")"] = request.body
        return .whole(201, request.body)
      case "PUT":
        objects[request.name] = request.body
        return .whole(200, request.body)
      case "GET":
        if let object = objects[request.name] { return .whole(200, object) }
        let isList = request.path.contains("resourceVersion=") || request.name.hasSuffix("/nodes")
        return isList ? .list(for: request) : .whole(404, "{}")
      default: return .whole(201, request.body)
      }
    }
  }

  /// An entry of the Secret; nil if there is no Secret.
  public func secret(_ entry: String) throws -> String? {
    let body =
      lock.withLock { objects.first { $0.key.hasSuffix("/secrets/storage-network-webhook-tls") }?.value } ?? "{}"
    let object = try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]
    let text = (object?["data"] as? [String: String])?[entry]
    return text.flatMap { Data(base64Encoded: $0) }.map { String(decoding: $0, as: UTF8.self) }
  }
}
