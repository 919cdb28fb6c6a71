import CertificateAuthority
import Foundation
import Registration
import TestSupport
import Testing

private let now: Int64 = 1_800_000_000
private let day: Int64 = 86_400

private func registered() throws -> FakeCluster {
  var cluster = FakeCluster()
  var process = Process(at: now)
  try #require(try process.reconcile(&cluster)?.outcome == .upToDate)
  return cluster
}

@Suite struct `Certificates issued by the registrar` {
  @Test func `the serving pair is renewed after two thirds of its validity by the same CA`() throws {
    var cluster = try registered()
    let before = try #require(cluster.served)
    let ca = cluster.entry("ca.crt")
    var early = Process(at: before.validity.renewal - 1)
    #expect(try early.reconcile(&cluster)?.requeueAfter == .seconds(1))
    #expect(cluster.served == before)
    var process = Process(at: before.validity.renewal)
    try process.reconcile(&cluster)
    let after = try #require(cluster.served)
    #expect(after != before)
    #expect(after.validity.upperBound == before.validity.renewal + 90 * day)
    #expect(cluster.entry("ca.crt") == ca)
    #expect(process.propagations == 0, "the API server has trusted this CA for months")
  }

  @Test func `the CA is renewed after two thirds of its validity, and the old one stays trusted`() throws {
    var cluster = try registered()
    let old = try #require(Certificate.all(in: cluster.entry("ca.crt")).first)
    var process = Process(at: old.validity.renewal)
    try process.reconcile(&cluster)
    let new = try #require(Certificate.all(in: cluster.entry("ca.crt")).first)
    #expect(new != old)
    #expect(cluster.trusted(FakeCluster.validating) == [new, old])
    #expect(cluster.trusted(FakeCluster.mutating) == [new, old])
    #expect(try #require(cluster.served).isSigned(by: new))
    #expect(process.propagations == 1)

    var later = Process(at: old.validity.upperBound + 3600)
    try later.reconcile(&cluster)
    #expect(!cluster.trusted(FakeCluster.validating).contains(old))
    #expect(cluster.trusts(try #require(cluster.served), at: later.now))
  }

  @Test func `a requested rotation replaces the CA once`() throws {
    var cluster = try registered()
    let old = cluster.entry("ca.crt")
    var process = Process(at: now, rotates: true, seed: 100)
    try process.reconcile(&cluster)
    try process.reconcile(&cluster)
    #expect(cluster.entry("ca.crt") != old)
    #expect(Certificate.all(in: cluster.entry("former-ca.crt")).map(\.pem) == [old])
    #expect(cluster.trusted(FakeCluster.validating).count == 2)
  }

  @Test func `a CA that is removed from the Secret and both bundles is not restored`() throws {
    var cluster = try registered()
    var rotation = Process(at: now, rotates: true, seed: 100)
    try rotation.reconcile(&cluster)
    let bundle = Data(cluster.entry("ca.crt")).base64EncodedString()
    cluster.set("former-ca.crt", to: nil)
    var process = Process(at: now)
    for path in FakeCluster.both {
      cluster.editWebhook(path) { webhook in
        let client = webhook["clientConfig"] as? [String: Any] ?? [:]
        webhook["clientConfig"] = client.merging(["caBundle": bundle]) { $1 }
      }
      try process.reconcile(&cluster)
    }
    let ca = Certificate.all(in: cluster.entry("ca.crt"))
    for path in FakeCluster.both { #expect(cluster.trusted(path) == ca) }
  }

  /// Damage to the Secret, and whether another CA is needed.
  static let damage: [(what: String, needsCA: Bool, damage: @Sendable (inout FakeCluster) -> Void)] = [
    ("the Secret is gone", true, { $0.delete(FakeCluster.secret) }),
    ("the Secret is empty", true, { $0.edit(FakeCluster.secret) { $0["data"] = nil } }),
    ("its data is null", true, { $0.edit(FakeCluster.secret) { $0["data"] = NSNull() } }),
    ("the serving certificate is gone", false, { $0.set("tls.crt", to: nil) }),
    ("the serving key is gone", false, { $0.set("tls.key", to: nil) }),
    ("the serving key is of another certificate", false, { $0.set("tls.key", to: PrivateKey().pem) }),
    ("the serving certificate is garbage", false, { $0.set("tls.crt", to: Array("x".utf8)) }),
    ("the CA's key is gone", true, { $0.set("ca.key", to: nil) }),
    ("the CA's key is of another certificate", true, { $0.set("ca.key", to: PrivateKey().pem) }),
    ("the CA is gone", true, { $0.set("ca.crt", to: nil) }),
    ("the CA is garbage", true, { $0.set("ca.crt", to: [0, 1, 2]) }),
    (
      "the CA certificate is not a CA", true,
      { cluster in
        cluster.set("ca.crt", to: cluster.entry("tls.crt"))
        cluster.set("ca.key", to: cluster.entry("tls.key"))
      }
    ),
    (
      "the CA has expired", true,
      { cluster in
        let subject = Subject(commonName: "old", validity: (now - 10 * day)..<(now - day), serial: 7)
        let expired = Identity.certificateAuthority(subject)
        cluster.set("ca.crt", to: expired.certificate.pem)
        cluster.set("ca.key", to: expired.key.pem)
      }
    ),
    ("the owner is gone", false, { $0.edit(FakeCluster.secret) { $0["metadata"] = ["name": "tls"] } }),
  ]

  @Test(arguments: damage.indices) func `a damaged Secret is repaired while the served certificate stays trusted`(
    row: Int
  ) throws {
    var cluster = try registered()
    let before = try #require(cluster.served)
    let ca = cluster.entry("ca.crt")
    Self.damage[row].damage(&cluster)
    var process = Process(at: now, seed: 100)
    let result = try process.reconcile(&cluster) { cluster in
      #expect(cluster.trusts(before, at: now), "\(Self.damage[row].what)")
      #expect(cluster.policies == ["Fail", "Fail"], "\(Self.damage[row].what)")
    }
    #expect(result?.outcome == .upToDate)
    let served = try #require(cluster.served)
    #expect(Identity(certificate: cluster.entry("tls.crt"), key: cluster.entry("tls.key")) != nil)
    #expect(cluster.trusts(served, at: now))
    #expect((cluster.entry("ca.crt") != ca) == Self.damage[row].needsCA, "\(Self.damage[row].what)")
    let metadata = cluster.objects[FakeCluster.secret]?["metadata"] as? [String: Any]
    #expect(metadata?["ownerReferences"] != nil)
  }

  @Test(arguments: [-3600, -1800, 1800, 3600] as [Int64]) func `a clock error of one hour changes nothing`(
    error: Int64
  ) throws {
    var cluster = try registered()
    let writes = cluster.writes
    var process = Process(at: now + error)
    #expect(try process.reconcile(&cluster)?.outcome == .upToDate)
    #expect(cluster.writes == writes)
  }

  @Test func `a certificate signed with a clock one hour behind is accepted`() throws {
    var cluster = FakeCluster()
    var behind = Process(at: now - 3600)
    try behind.reconcile(&cluster)
    let served = try #require(cluster.served)
    #expect(served.validity.contains(now))
    var process = Process(at: now)
    let writes = cluster.writes
    #expect(try process.reconcile(&cluster)?.outcome == .upToDate)
    #expect(cluster.writes == writes)
  }
}

@Suite struct `Certificates of an external issuer` {
  static func issue(_ serial: UInt64, at start: Int64 = now) -> [String: [UInt8]] {
    let ca = Identity.certificateAuthority(
      Subject(commonName: "external \(serial)", validity: start..<(start + 100 * day), serial: serial))
    let subject = Subject(commonName: "webhook", validity: start..<(start + 90 * day), serial: serial + 1)
    let pair = ca.issue(subject, for: FakeCluster.options.serverNames)
    return ["ca.crt": ca.certificate.pem, "tls.crt": pair.certificate.pem, "tls.key": pair.key.pem]
  }

  @Test func `the registrar waits for the Secret, registers its CA and only reads it`() throws {
    var cluster = FakeCluster()
    var process = Process(at: now, issuer: .external)
    #expect(
      try process.reconcile(&cluster)?.reason
        == "Secret system/tls not found; it is written by the program that issues the certificate, such as cert-manager"
    )
    #expect(cluster.writes == 0)
    cluster.create(FakeCluster.secret, data: Self.issue(10))
    let stored = cluster.objects[FakeCluster.secret] as NSDictionary?
    #expect(try process.reconcile(&cluster)?.outcome == .upToDate)
    #expect(cluster.policies == ["Fail", "Fail"])
    #expect(cluster.trusts(try #require(cluster.served), at: now))
    #expect(cluster.objects[FakeCluster.secret] as NSDictionary? == stored)
  }

  @Test func `a new CA is trusted together with the previous one`() throws {
    var cluster = FakeCluster()
    cluster.create(FakeCluster.secret, data: Self.issue(10))
    var process = Process(at: now, issuer: .external)
    try process.reconcile(&cluster)
    let before = try #require(cluster.served)
    cluster.create(FakeCluster.secret, data: Self.issue(20))
    try process.reconcile(&cluster)
    #expect(cluster.served != before)
    #expect(cluster.trusts(before, at: now))
    #expect(cluster.trusts(try #require(cluster.served), at: now))
  }

  @Test(arguments: [[], Array("x".utf8), issue(30, at: now - 300 * day)["ca.crt"] ?? []] as [[UInt8]])
  func `a Secret without a CA is reported while configurations are still reconciled`(ca: [UInt8]) throws {
    var cluster = FakeCluster()
    cluster.create(FakeCluster.secret, data: Self.issue(10))
    var process = Process(at: now, issuer: .external)
    try process.reconcile(&cluster)
    cluster.set("ca.crt", to: ca.isEmpty ? nil : ca)
    cluster.editWebhook(FakeCluster.mutating) { $0["failurePolicy"] = "Ignore" }
    let result = try process.reconcile(&cluster)
    #expect(result?.reason?.hasPrefix("Secret system/tls: ca.crt: Required value: must hold the PEM") == true)
    #expect(cluster.policies == ["Fail", "Fail"])
    #expect(cluster.trusts(try #require(cluster.served), at: now))
  }
}

/// The invariants: at no time does the API server reject the served certificate, does a registration with Fail
/// return to Ignore, or is another setting sent to the webhook.
struct Invariants {
  /// A pod that serves the certificate of the Secret, or the previous one until the kubelet's latest update.
  private var served: [Certificate] = []
  private var wasFail = false
  private var writes = 0

  mutating func check(_ cluster: FakeCluster) {
    guard cluster.writes > writes else { return }
    writes = cluster.writes
    if let current = cluster.served, !served.contains(current) { served.append(current) }
    for certificate in served where certificate.validity.contains(now) {
      #expect(cluster.trusts(certificate, at: now))
    }
    if cluster.policies == ["Fail", "Fail"] { wasFail = true }
    #expect(!wasFail || cluster.policies == ["Fail", "Fail"])
    for path in FakeCluster.both { #expect(cluster.isRestricted(path)) }
  }
}

@Suite struct `Faults during rotation` {

  @Test(arguments: [false, true], [false, true])
  func `another process continues after any write of a killed one`(rotates: Bool, isOld: Bool) throws {
    var reached = 0
    for stop in 1... {
      var cluster = FakeCluster()
      cluster.showsMatchConditions = !isOld
      cluster.storesMatchConditions = !isOld
      var invariants = Invariants()
      if rotates {
        var first = Process(at: now)
        try first.reconcile(&cluster)
        invariants.check(cluster)
      }
      var killed = Process(at: now, rotates: rotates, seed: 100)
      let end = try killed.reconcile(&cluster, stop: stop) { invariants.check($0) }
      reached = stop
      var next = Process(at: now, seed: 200)
      let last = try next.reconcile(&cluster) { invariants.check($0) }
      #expect(last?.outcome == .upToDate, "stopped after \(stop)")
      #expect(cluster.trusts(try #require(cluster.served), at: now))
      #expect(cluster.policies == ["Fail", "Fail"])
      if end != nil { break }
    }
    #expect(reached > 4, "stopped at every write of a complete run")
  }

  /// Every kind of request.
  static let requests = [
    ("GET", "/clusterroles/"), ("GET", "/secrets/"), ("GET", "/validatingwebhookconfigurations/"),
    ("GET", "/mutatingwebhookconfigurations/"), ("GET", "/settings/"), ("GET", "/nodes"), ("POST", "dryRun=All"),
    ("POST", "/secrets"), ("POST", "/validatingwebhookconfigurations?field"),
    ("POST", "/mutatingwebhookconfigurations?field"), ("PUT", "/secrets/"),
    ("PUT", "/validatingwebhookconfigurations/"), ("PUT", "/mutatingwebhookconfigurations/"), ("PATCH", "/settings/"),
  ]

  @Test(arguments: [401, 403, 404, 409, 422, 429, 500, 503])
  func `an error response to any request is recovered`(status: Int) throws {
    for (method, place) in Self.requests {
      var cluster = FakeCluster()
      cluster.showsMatchConditions = false
      cluster.storesMatchConditions = false
      cluster.refusals = [(method, place, status)]
      var invariants = Invariants()
      var process = Process(at: now)
      let first = try process.reconcile(&cluster) { invariants.check($0) }
      if first?.outcome != .upToDate {
        #expect(first?.reason != nil)
        #expect(first.map { $0.requeueAfter <= .seconds(10) } == true)
        if status == 403 {
          #expect(first?.reason == "refused by a test; apply the manifests of this version")
        }
      }
      #expect(cluster.refusals.isEmpty, "\(method) \(place) was asked")
      let last = try process.reconcile(&cluster) { invariants.check($0) }
      #expect(last?.outcome == .upToDate, "\(method) \(place) \(status)")
      #expect(cluster.policies == ["Fail", "Fail"])
    }
  }

  @Test func `an unreachable API server is retried with growing delays`() {
    var reconciler = Reconciler(FakeCluster.options) { 1 }
    var delays: [Duration] = []
    for _ in 0..<6 {
      _ = reconciler.begin()
      guard case .finished(let result) = reconciler.requestFailed("connection refused", at: now) else { return }
      #expect(result.reason == "the API server does not respond: connection refused")
      delays.append(result.requeueAfter)
    }
    #expect(delays == [.milliseconds(200), .seconds(1), .seconds(2), .seconds(4), .seconds(4), .seconds(4)])
  }

  @Test func `two concurrent processes both reach the desired state`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededNumbers(seed: seed)
    for _ in 0..<20 {
      var cluster = FakeCluster()
      var invariants = Invariants()
      var time = now
      var reconcilers = (0..<2).map { index in
        var serial = UInt64(index) * 1_000
        return Reconciler(FakeCluster.options, rotatesCA: index == 1) {
          serial += 2
          return serial
        }
      }
      var actions = [reconcilers[0].begin(), reconcilers[1].begin()]
      var ended = [false, false]
      for _ in 0..<5_000 where !ended[0] || !ended[1] {
        let one = random.next(below: 2)
        if ended[one] { continue }
        switch actions[one] {
        case .request(let request, _):
          let (status, body) = try cluster.respond(to: request)
          invariants.check(cluster)
          actions[one] = reconcilers[one].responded(status, body, at: time)
        case .probe: actions[one] = reconcilers[one].probed(error: nil, at: time)
        case .finished(let result):
          if result.outcome == .upToDate { ended[one] = true }
          if result.outcome == .propagating { time += 10 }
          actions[one] = reconcilers[one].begin()
        }
      }
      #expect(ended == [true, true], "seed \(seed)")
      #expect(cluster.trusts(try #require(cluster.served), at: now), "seed \(seed)")
      #expect(cluster.policies == ["Fail", "Fail"])
    }
  }
}

extension Range<Int64> {
  /// Repeated here, so that the code's value is checked.
  fileprivate var renewal: Int64 { lowerBound + (upperBound - lowerBound) / 3 * 2 }
}
