import CertificateAuthority
import CertificateCustody
import Foundation
import TestSupport
import Testing

/// The custody of the certificates against a pretended API server.
struct CustodyTests {
  let now: Int64 = 1_800_000_000
  static let day: Int64 = 86_400

  @Test
  func `from nothing, everything comes into being, and changes are refused from then on`() throws {
    var cluster = FakeCluster()
    var run = Run(at: now)
    let end = try run.perform(on: &cluster)
    let served = try #require(cluster.served)
    #expect(served.isFor("webhook.system.svc"))
    #expect(cluster.trusts(served, at: now))
    #expect(end == .rested(until: served.validity.renewal))
    #expect(run.probes == 1)
    #expect(run.settled == 0, "nobody serves anything yet that could be refused")
    #expect(cluster.policy(FakeCluster.validating) == "Fail")
    #expect(cluster.policy(FakeCluster.mutating) == "Ignore")
    #expect(cluster.entry("next-ca.crt").isEmpty)
  }

  @Test
  func `a second run changes nothing`() throws {
    var cluster = try made()
    let writes = cluster.writes
    var run = Run(at: now + 59 * Self.day)
    #expect(try run.perform(on: &cluster) == .rested(until: try #require(cluster.served).validity.renewal))
    #expect(cluster.writes == writes)
  }

  @Test
  func `what else stands in the objects is kept`() throws {
    let cluster = try made()
    let metadata = cluster.objects[FakeCluster.validating]?["metadata"] as? [String: Any]
    #expect(metadata?["labels"] as? [String: String] == ["kept": "yes"])
  }

  @Test
  func `the serving pair is renewed at two thirds of its life, by the same authority`() throws {
    var cluster = try made()
    let before = try #require(cluster.served)
    let authority = cluster.entry("ca.crt")
    var run = Run(at: before.validity.renewal)
    _ = try run.perform(on: &cluster)
    let after = try #require(cluster.served)
    #expect(after != before)
    #expect(after.validity.upperBound == before.validity.renewal + 90 * Self.day)
    #expect(cluster.entry("ca.crt") == authority)
    #expect(run.settled == 0, "the API server has trusted this authority for months")
  }

  @Test
  func `the authority is renewed at two thirds of its life, and the old one is trusted on`() throws {
    var cluster = try made()
    let old = try #require(Certificate.all(in: cluster.entry("ca.crt")).first)
    var run = Run(at: old.validity.renewal)
    _ = try run.perform(on: &cluster)
    let new = try #require(Certificate.all(in: cluster.entry("ca.crt")).first)
    #expect(new != old)
    #expect(cluster.trusted(FakeCluster.validating) == [new, old])
    #expect(cluster.trusted(FakeCluster.mutating) == [new, old])
    #expect(try #require(cluster.served).isSigned(by: new))
    #expect(run.settled == 1)

    var later = Run(at: max(old.validity.upperBound, try #require(cluster.served).validity.renewal))
    _ = try later.perform(on: &cluster)
    let names = cluster.trusted(FakeCluster.validating)
    #expect(names.contains(new))
  }

  @Test
  func `an authority is replaced once when that is asked for`() throws {
    var cluster = try made()
    let old = cluster.entry("ca.crt")
    var run = Run(at: now, rotates: true, seed: 100)
    _ = try run.perform(on: &cluster)
    #expect(cluster.entry("ca.crt") != old)
    #expect(Certificate.all(in: cluster.entry("former-ca.crt")).map(\.pem) == [old])
    #expect(cluster.trusted(FakeCluster.validating).count == 2)
  }

  /// What somebody has done to the Secret or a configuration, and whether another authority is needed.
  static let damage: [(what: String, needsAuthority: Bool, damage: @Sendable (inout FakeCluster) -> Void)] = [
    ("the serving certificate is gone", false, { $0.set("tls.crt", to: nil) }),
    ("the serving key is gone", false, { $0.set("tls.key", to: nil) }),
    ("the serving key is another's", false, { $0.set("tls.key", to: PrivateKey().pem) }),
    ("the serving certificate is no certificate", false, { $0.set("tls.crt", to: Array("x".utf8)) }),
    ("the authority's key is gone", true, { $0.set("ca.key", to: nil) }),
    ("the authority is gone", true, { $0.set("ca.crt", to: nil) }),
    (
      "the authority is no authority", true,
      { cluster in
        cluster.set("ca.crt", to: cluster.entry("tls.crt"))
        cluster.set("ca.key", to: cluster.entry("tls.key"))
      }
    ),
  ]

  @Test(arguments: damage.indices)
  func `what is damaged is repaired, and what is served stays trusted meanwhile`(row: Int) throws {
    var cluster = try made()
    let before = try #require(cluster.served)
    let authority = cluster.entry("ca.crt")
    Self.damage[row].damage(&cluster)
    var run = Run(at: now, seed: 100)
    let end = try run.perform(on: &cluster) { cluster in
      #expect(cluster.trusts(before, at: now), "\(Self.damage[row].what)")
      if let served = cluster.served { #expect(cluster.trusts(served, at: now) || Self.damage[row].needsAuthority) }
    }
    let served = try #require(cluster.served)
    #expect(end == .rested(until: served.validity.renewal))
    #expect(Identity(certificate: cluster.entry("tls.crt"), key: cluster.entry("tls.key")) != nil)
    #expect(cluster.trusts(served, at: now))
    #expect((cluster.entry("ca.crt") != authority) == Self.damage[row].needsAuthority)
  }

  @Test
  func `while the webhook does not answer, nothing is refused without it, and the run says so`() throws {
    var cluster = FakeCluster()
    var run = Run(at: now)
    let end = try run.perform(on: &cluster, isUp: false)
    #expect(end == .failed("the webhook does not answer, so nothing is refused without it: connection refused"))
    #expect(cluster.policy(FakeCluster.validating) == "Ignore")
    #expect(cluster.trusts(try #require(cluster.served), at: now), "the certificates are in order nevertheless")
  }

  @Test
  func `a configuration that is not there is waited for, then reported`() throws {
    var machine = CustodyMachine(FakeCluster.terms) { 1 }
    _ = machine.begin()
    _ = machine.answered(404, [], at: now)
    var waits = 0
    var action = machine.answered(404, [], at: now)
    while action == .wait(CustodyMachine.pause) {
      waits += 1
      _ = machine.waited()
      _ = machine.answered(404, [], at: now)
      action = machine.answered(404, [], at: now)
    }
    #expect(waits == CustodyMachine.attempts - 1)
    #expect(action == .failed("there is no validatingwebhookconfigurations webhook"))
  }

  @Test
  func `what the account may not do is told in the API server's words at once`() {
    var machine = CustodyMachine(FakeCluster.terms) { 1 }
    _ = machine.begin()
    let answer = Array(#"{"kind":"Status","message":"secrets \"tls\" is forbidden"}"#.utf8)
    #expect(
      machine.answered(403, answer, at: now)
        == .failed(#"the API server answers with status 403: secrets "tls" is forbidden"#))
  }

  private func made() throws -> FakeCluster {
    var cluster = FakeCluster()
    var run = Run(at: now)
    _ = try run.perform(on: &cluster)
    return cluster
  }
}

/// The promise: there is no moment in which the API server would refuse what is served.
struct CustodyPromiseTests {
  let now: Int64 = 1_800_000_000

  /// A pod serves the certificate of the Secret, or one from before, as late as it may learn of the change.
  private func watchPromise(_ served: inout [Certificate], _ cluster: FakeCluster, at now: Int64) {
    if let current = cluster.served, !served.contains(current) { served.append(current) }
    for certificate in served where certificate.validity.contains(now) {
      #expect(cluster.trusts(certificate, at: now))
    }
  }

  @Test(arguments: [false, true])
  func `holds when a run is killed after any of its requests and another one goes on`(rotates: Bool) throws {
    var reached = 0
    for stop in 1... {
      var cluster = FakeCluster()
      var served: [Certificate] = []
      if rotates {
        var first = Run(at: now)
        _ = try first.perform(on: &cluster)
        served = [try #require(cluster.served)]
      }
      var killed = Run(at: now, rotates: rotates, seed: 100)
      let end = try killed.perform(on: &cluster, stop: stop) { watchPromise(&served, $0, at: now) }
      reached = stop
      var next = Run(
        at: now, rotates: rotates && killed.settled == 0 && cluster.entry("next-ca.crt").isEmpty, seed: 200)
      let last = try next.perform(on: &cluster) { watchPromise(&served, $0, at: now) }
      let final = try #require(cluster.served)
      #expect(last == .rested(until: final.validity.renewal), "stopped after \(stop)")
      #expect(cluster.trusts(final, at: now))
      #expect(cluster.policy(FakeCluster.validating) == "Fail")
      if end != .stopped { break }
    }
    #expect(reached > 12, "every request of a whole run was a place to stop at")
  }

  @Test
  func `holds when two runs work at once, whichever is faster, and both end`() throws {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SeededNumbers(seed: seed)
    for _ in 0..<50 {
      var cluster = FakeCluster()
      var served: [Certificate] = []
      var machines = (0..<2).map { index in
        var serial = UInt64(index) * 1_000
        return CustodyMachine(FakeCluster.terms, rotates: index == 1) {
          serial += 2
          return serial
        }
      }
      var actions = [machines[0].begin(), machines[1].begin()]
      var ended = [false, false]
      while !ended[0] || !ended[1] {
        let one = random.next(below: 2)
        if ended[one] { continue }
        switch actions[one] {
        case .request(let request):
          let (status, body) = try cluster.answer(request)
          watchPromise(&served, cluster, at: now)
          actions[one] = machines[one].answered(status, body, at: now)
        case .wait: actions[one] = machines[one].waited()
        case .probe: actions[one] = machines[one].probed(trouble: nil)
        case .rest: ended[one] = true
        case .failed(let reason):
          Issue.record("seed \(seed): \(reason)")
          ended[one] = true
        }
      }
      #expect(cluster.trusts(try #require(cluster.served), at: now), "seed \(seed)")
    }
  }
}

extension Range<Int64> {
  /// Told here anew, so that the code's own is checked.
  var renewal: Int64 { lowerBound + (upperBound - lowerBound) / 3 * 2 }
}
