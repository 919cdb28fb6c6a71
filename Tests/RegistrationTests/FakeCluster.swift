import CertificateAuthority
import ClusterState
import Foundation
import Registration

/// An API server with a few objects, which keeps resource versions as the real one does.
struct FakeCluster {
  private(set) var objects: [String: [String: Any]] = [:]
  private var version = 0
  /// The accepted writes.
  private(set) var writes = 0
  /// The stored matchConditions and those that a dry run shows; both from 1.28 on.
  var storesMatchConditions = true
  var showsMatchConditions = true
  /// The Kubernetes versions of the control plane's nodes.
  var kubelets = ["v1.33.1+rke2r1"]
  /// The next request to reject: its method, a part of its path, the status.
  var refusals: [(method: String, path: String, status: Int)] = []

  static let options: RegistrationOptions = {
    var options = RegistrationOptions()
    options.namespace = "system"
    options.secret = "tls"
    options.service = "webhook"
    options.configuration = "webhook"
    options.clusterRole = "registrar"
    return options
  }()
  static let secrets = "/api/v1/namespaces/system/secrets"
  static let secret = "\(secrets)/tls"
  static let validating = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/webhook"
  static let mutating = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/webhook"
  static let clusterRole = "/apis/rbac.authorization.k8s.io/v1/clusterroles/registrar"
  static let setting = "/apis/harvesterhci.io/v1beta1/settings/storage-network"
  static let both = [validating, mutating]

  init() {
    objects[Self.clusterRole] = ["metadata": ["name": "registrar", "uid": "role-1"]]
    objects[Self.setting] = ["metadata": ["name": "storage-network"], "value": ""]
  }

  /// Returns the response of the API server.
  mutating func respond(to request: APIRequest) throws -> (status: Int, body: [UInt8]) {
    if let index = refusals.firstIndex(where: { $0.method == request.method && request.path.contains($0.path) }) {
      let status = refusals.remove(at: index).status
      return (status, Array(#"{"kind":"Status","message":"refused by a test"}"#.utf8))
    }
    let sent = try request.body.flatMap { try JSONSerialization.jsonObject(with: Data($0)) as? [String: Any] }
    let path = String(request.path.prefix { $0 != "?" })
    switch (request.method, path) {
    case ("GET", "/api/v1/nodes"):
      let nodes = kubelets.map { ["status": ["nodeInfo": ["kubeletVersion": $0]]] }
      return (200, try json(["items": nodes]))
    case ("GET", _):
      guard let object = objects[path] else { return (404, Array("{}".utf8)) }
      return (200, try json(object))
    case ("POST", _) where request.path.contains("dryRun=All"):
      return (201, try json(restricted(sent ?? [:], keeping: showsMatchConditions)))
    case ("POST", _):
      let name = (sent?["metadata"] as? [String: Any])?["name"] as? String ?? ""
      guard objects["\(path)/\(name)"] == nil else { return (409, Array("{}".utf8)) }
      return (201, try json(store(sent ?? [:], at: "\(path)/\(name)")))
    case ("PUT", _):
      guard let stored = objects[path], let sent, versionOf(stored) == versionOf(sent) else {
        return (409, Array("{}".utf8))
      }
      return (200, try json(store(sent, at: path)))
    case ("PATCH", _):
      guard let stored = objects[path], let sent else { return (404, Array("{}".utf8)) }
      return (200, try json(store(merge(stored, sent), at: path)))
    default: return (405, [])
    }
  }

  private func json(_ object: [String: Any]) throws -> [UInt8] {
    Array(try JSONSerialization.data(withJSONObject: object))
  }

  private func merge(_ object: [String: Any], _ patch: [String: Any]) -> [String: Any] {
    object.merging(patch) { old, new in
      guard let old = old as? [String: Any], let new = new as? [String: Any] else { return new }
      return merge(old, new)
    }
  }

  private func restricted(_ object: [String: Any], keeping keeps: Bool) -> [String: Any] {
    guard !keeps, var webhooks = object["webhooks"] as? [[String: Any]] else { return object }
    for index in webhooks.indices { webhooks[index]["matchConditions"] = nil }
    return object.merging(["webhooks": webhooks]) { $1 }
  }

  private mutating func store(_ object: [String: Any], at path: String) -> [String: Any] {
    version += 1
    writes += 1
    var metadata = object["metadata"] as? [String: Any] ?? [:]
    metadata["resourceVersion"] = String(version)
    let stored = restricted(object, keeping: storesMatchConditions).merging(["metadata": metadata]) { $1 }
    objects[path] = stored
    return stored
  }

  private func versionOf(_ object: [String: Any]) -> String? {
    (object["metadata"] as? [String: Any])?["resourceVersion"] as? String
  }
}

// Writes of other clients.
extension FakeCluster {
  mutating func delete(_ path: String) { objects[path] = nil }

  /// Changes an object as `kubectl edit` does.
  mutating func edit(_ path: String, _ change: (inout [String: Any]) -> Void) {
    guard var object = objects[path] else { return }
    change(&object)
    _ = store(object, at: path)
  }

  mutating func editWebhook(_ path: String, _ change: (inout [String: Any]) -> Void) {
    edit(path) { object in
      guard var webhooks = object["webhooks"] as? [[String: Any]], !webhooks.isEmpty else { return }
      change(&webhooks[0])
      object["webhooks"] = webhooks
    }
  }

  mutating func annotate(_ path: String, _ name: String, _ value: String?) {
    edit(path) { object in
      var metadata = object["metadata"] as? [String: Any] ?? [:]
      var annotations = metadata["annotations"] as? [String: Any] ?? [:]
      annotations[name] = value
      metadata["annotations"] = annotations
      object["metadata"] = metadata
    }
  }

  mutating func set(_ name: String, to bytes: [UInt8]?) {
    edit(Self.secret) { object in
      var data = object["data"] as? [String: String] ?? [:]
      data[name] = bytes.map { Data($0).base64EncodedString() }
      object["data"] = data
    }
  }

  /// As cert-manager does.
  mutating func create(_ path: String, data: [String: [UInt8]]) {
    _ = store(["metadata": ["name": "tls"], "data": data.mapValues { Data($0).base64EncodedString() }], at: path)
  }
}

// Its content.
extension FakeCluster {
  func entry(_ name: String) -> [UInt8] {
    let data = objects[Self.secret]?["data"] as? [String: String]
    return data?[name].flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? []
  }

  func webhook(_ path: String) -> [String: Any] { (objects[path]?["webhooks"] as? [[String: Any]])?.first ?? [:] }

  func trusted(_ path: String) -> [Certificate] {
    let client = webhook(path)["clientConfig"] as? [String: Any]
    let bundle = (client?["caBundle"] as? String).flatMap { Data(base64Encoded: $0) } ?? Data()
    return Certificate.all(in: Array(bundle))
  }

  func policy(_ path: String) -> String? { webhook(path)["failurePolicy"] as? String }
  var policies: [String?] { Self.both.map(policy) }

  var served: Certificate? { Certificate.all(in: entry("tls.crt")).first }

  /// Whether the API server trusts a certificate of the webhook by both configurations.
  func trusts(_ served: Certificate, at now: Int64) -> Bool {
    Self.both.allSatisfy { path in
      trusted(path).contains { served.isSigned(by: $0) && $0.validity.contains(now) }
    }
  }

  /// Whether a stored webhook matches this one setting and no other object.
  func isRestricted(_ path: String) -> Bool {
    guard objects[path] != nil else { return true }
    let selector = webhook(path)["objectSelector"] as? [String: Any] ?? [:]
    return webhook(path)["matchConditions"] != nil || !selector.isEmpty
  }

  var label: String? {
    let metadata = objects[Self.setting]?["metadata"] as? [String: Any]
    return (metadata?["labels"] as? [String: String])?[RegistrationNames.settingLabel]
  }
}

/// One process that reconciles it, request by request.
struct Process {
  var reconciler: Reconciler
  /// Advanced by each wait.
  var now: Int64
  var isUp = true
  private(set) var probes = 0
  private(set) var propagations = 0
  private(set) var results: [RoundResult] = []

  init(
    at now: Int64, rotates: Bool = false, seed: UInt64 = 1, issuer: RegistrationOptions.CertificateIssuer = .registrar
  ) {
    self.now = now
    var serial = seed
    var options = FakeCluster.options
    options.issuer = issuer
    reconciler = Reconciler(options, rotatesCA: rotates) {
      serial += 2
      return serial
    }
  }

  /// Runs rounds until only time or an operator can change the result; nil if the process was killed.
  ///
  /// - Parameters:
  ///   - stop: The number of writes after which it is killed.
  ///   - observe: Called after each response.
  @discardableResult
  mutating func reconcile(
    _ cluster: inout FakeCluster, stop: Int? = nil, observe: (FakeCluster) throws -> Void = { _ in }
  ) throws -> RoundResult? {
    let before = cluster.writes
    for _ in 0..<40 {
      var action = reconciler.begin()
      round: while true {
        switch action {
        case .request(let request, _):
          let (status, body) = try cluster.respond(to: request)
          try observe(cluster)
          if let stop, cluster.writes - before == stop { return nil }
          action = reconciler.responded(status, body, at: now)
        case .probe:
          probes += 1
          action = reconciler.probed(error: isUp ? nil : "connection refused", at: now)
        case .finished(let result):
          results.append(result)
          switch result.outcome {
          case .propagating:
            propagations += 1
            now += result.requeueAfter.components.seconds
            break round
          case .failed(let failure) where !failure.needsOperator: break round
          default: return result
          }
        }
      }
    }
    return results.last
  }
}
