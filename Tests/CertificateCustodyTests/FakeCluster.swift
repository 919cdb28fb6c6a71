import CertificateAuthority
import CertificateCustody
import Foundation

/// An API server with three objects, which keeps versions as the real one does; and the promise that is kept to it.
struct FakeCluster {
  private(set) var objects: [String: [String: Any]] = [:]
  private var version = 0
  /// Writes that were taken.
  private(set) var writes = 0

  static let terms = CustodyTerms(
    namespace: "system", secret: "tls", service: "webhook", configuration: "webhook", enforces: true)
  static let secret = "/api/v1/namespaces/system/secrets/tls"
  static let validating =
    "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/webhook"
  static let mutating = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/webhook"

  init() {
    for path in [Self.validating, Self.mutating] {
      objects[path] = [
        "metadata": ["name": "webhook", "resourceVersion": "0", "labels": ["kept": "yes"]],
        "webhooks": [
          ["name": "one", "clientConfig": ["service": ["name": "webhook"]], "failurePolicy": "Ignore"] as [String: Any]
        ],
      ]
    }
  }

  /// What the API server answers.
  mutating func answer(_ request: CustodyRequest) throws -> (status: Int, body: [UInt8]) {
    let sent = request.body.isEmpty ? nil : try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
    switch request.method {
    case .get:
      guard let object = objects[request.path] else { return (404, Array("{}".utf8)) }
      return (200, Array(try JSONSerialization.data(withJSONObject: object)))
    case .post:
      guard objects[Self.secret] == nil else { return (409, Array("{}".utf8)) }
      store(sent ?? [:], at: Self.secret)
      return (201, Array("{}".utf8))
    case .put:
      guard let stored = objects[request.path], let sent, versionOf(stored) == versionOf(sent) else {
        return (409, Array("{}".utf8))
      }
      store(sent, at: request.path)
      return (200, Array("{}".utf8))
    }
  }

  private mutating func store(_ object: [String: Any], at path: String) {
    version += 1
    writes += 1
    var metadata = object["metadata"] as? [String: Any] ?? [:]
    metadata["resourceVersion"] = String(version)
    objects[path] = object.merging(["metadata": metadata]) { $1 }
  }

  private func versionOf(_ object: [String: Any]) -> String? {
    (object["metadata"] as? [String: Any])?["resourceVersion"] as? String
  }
}

// What stands in it.
extension FakeCluster {
  func entry(_ name: String) -> [UInt8] {
    let data = objects[Self.secret]?["data"] as? [String: String]
    return data?[name].flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? []
  }

  mutating func set(_ name: String, to bytes: [UInt8]?) {
    var data = objects[Self.secret]?["data"] as? [String: String] ?? [:]
    data[name] = bytes.map { Data($0).base64EncodedString() }
    objects[Self.secret]?["data"] = data
  }

  private func webhook(_ path: String) -> [String: Any] {
    (objects[path]?["webhooks"] as? [[String: Any]])?.first ?? [:]
  }

  func trusted(_ path: String) -> [Certificate] {
    let client = webhook(path)["clientConfig"] as? [String: Any]
    let bundle = (client?["caBundle"] as? String).flatMap { Data(base64Encoded: $0) } ?? Data()
    return Certificate.all(in: Array(bundle))
  }

  func policy(_ path: String) -> String? { webhook(path)["failurePolicy"] as? String }

  var served: Certificate? { Certificate.all(in: entry("tls.crt")).first }

  /// Whether the API server accepts a certificate of the webhook in both configurations.
  func trusts(_ served: Certificate, at now: Int64) -> Bool {
    [Self.validating, Self.mutating].allSatisfy { path in
      trusted(path).contains { served.isSigned(by: $0) && $0.validity.contains(now) }
    }
  }
}

/// One run of the custody against it, request by request.
struct Run {
  enum End: Equatable {
    case rested(until: Int64)
    case failed(String)
    /// Stopped after so many writes, as by a kill.
    case stopped
  }

  var machine: CustodyMachine
  /// Where every run of a test looks for the time; a wait lets it pass.
  var now: Int64
  var probes = 0
  var settled = 0

  init(at now: Int64, rotates: Bool = false, seed: UInt64 = 1) {
    self.now = now
    var serial = seed
    machine = CustodyMachine(FakeCluster.terms, rotates: rotates) {
      serial += 2
      return serial
    }
  }

  /// - Parameters:
  ///   - stop: After which request it is killed; nil if it may go on to its end.
  ///   - isUp: Whether the webhook answers.
  ///   - observe: Called after each request that was answered.
  mutating func perform(
    on cluster: inout FakeCluster, stop: Int? = nil, isUp: Bool = true, observe: (FakeCluster) throws -> Void = { _ in }
  ) throws -> End {
    var action = machine.begin()
    var requests = 0
    while true {
      switch action {
      case .request(let request):
        let (status, body) = try cluster.answer(request)
        try observe(cluster)
        requests += 1
        if requests == stop { return .stopped }
        action = machine.answered(status, body, at: now)
      case .wait(let duration):
        now += duration.components.seconds
        if duration == CustodyTerms.settling { settled += 1 }
        action = machine.waited()
      case .probe:
        probes += 1
        action = machine.probed(trouble: isUp ? nil : "connection refused")
      case .rest(let moment): return .rested(until: moment)
      case .failed(let reason): return .failed(reason)
      }
    }
  }
}
