import CertificateAuthority
import ClusterState
import Foundation
import Registration
import TestSupport
import Testing

private let now: Int64 = 1_800_000_000
private let day: Int64 = 86_400

/// A cluster in the desired state with a serving pod.
private func registered(_ prepare: (inout FakeCluster) -> Void = { _ in }) throws -> FakeCluster {
  var cluster = FakeCluster()
  prepare(&cluster)
  var process = Process(at: now)
  try #require(try process.reconcile(&cluster)?.outcome == .upToDate)
  return cluster
}

@Suite struct `Initial registration` {
  @Test func `the Secret and configurations are created, with Fail after a successful probe`() throws {
    var cluster = FakeCluster()
    var process = Process(at: now)
    var policies: [String?] = []
    let result = try process.reconcile(&cluster) { policies.append($0.policy(FakeCluster.validating)) }
    #expect(result?.outcome == .upToDate)
    #expect(result?.requeueAfter == .seconds(600))
    let served = try #require(cluster.served)
    #expect(served.isValid(forHost: "webhook.system.svc"))
    #expect(cluster.trusts(served, at: now))
    #expect(process.probes == 1)
    #expect(process.propagations == 0, "no pod serves a certificate of another CA")
    #expect(cluster.policies == ["Fail", "Fail"])
    #expect(policies.contains("Ignore"), "registered before a pod can serve")
    #expect(cluster.entry("next-ca.crt").isEmpty)
    #expect(result?.status.matching == .matchConditions)
    #expect(cluster.label == nil)
  }

  @Test func `both configurations are complete`() throws {
    let cluster = try registered()
    for (path, servicePath) in zip(FakeCluster.both, ["/validate", "/mutate"]) {
      let webhook = cluster.webhook(path)
      #expect(webhook["name"] as? String == "storage-network.harvesterhci.io")
      #expect(webhook["failurePolicy"] as? String == "Fail")
      #expect(webhook["sideEffects"] as? String == "None")
      #expect(webhook["timeoutSeconds"] as? Int == 10)
      #expect(webhook["admissionReviewVersions"] as? [String] == ["v1"])
      #expect(webhook["reinvocationPolicy"] as? String == (path == FakeCluster.mutating ? "IfNeeded" : nil))
      let rule = try #require((webhook["rules"] as? [[String: Any]])?.first)
      #expect(rule["operations"] as? [String] == ["CREATE", "UPDATE", "DELETE"])
      #expect(rule["apiGroups"] as? [String] == ["harvesterhci.io"])
      #expect(rule["apiVersions"] as? [String] == ["v1beta1"])
      #expect(rule["resources"] as? [String] == ["settings"])
      #expect(rule["scope"] as? String == "Cluster")
      let service = (webhook["clientConfig"] as? [String: Any])?["service"] as? [String: Any]
      #expect(service?["name"] as? String == "webhook")
      #expect(service?["namespace"] as? String == "system")
      #expect(service?["path"] as? String == servicePath)
      #expect(service?["port"] as? Int == 443)
      let condition = (webhook["matchConditions"] as? [[String: String]])?.first?["expression"]
      #expect(
        condition
          == "request.operation == 'DELETE' ? oldObject != null && oldObject.metadata.name == 'storage-network'"
          + " : request.name == 'storage-network'")
    }
  }

  @Test func `the ClusterRole owns every object`() throws {
    let cluster = try registered()
    for path in FakeCluster.both + [FakeCluster.secret] {
      let metadata = cluster.objects[path]?["metadata"] as? [String: Any]
      let owners = metadata?["ownerReferences"] as? [[String: String]]
      #expect(owners?.count == 1)
      #expect(owners?.first?["uid"] == "role-1")
      #expect(owners?.first?["kind"] == "ClusterRole")
    }
  }

  @Test(arguments: [true, false]) func `nothing is created without the ClusterRole or while it is being deleted`(
    isDeleted: Bool
  ) throws {
    var cluster = FakeCluster()
    if isDeleted {
      cluster.delete(FakeCluster.clusterRole)
    } else {
      cluster.edit(FakeCluster.clusterRole) { role in
        role["metadata"] = ["name": "registrar", "uid": "role-1", "deletionTimestamp": "2027-01-01T00:00:00Z"]
      }
    }
    let before = cluster.writes
    var process = Process(at: now)
    let result = try process.reconcile(&cluster)
    #expect(result?.reason == "ClusterRole registrar not found; apply the manifests of this version")
    #expect(cluster.writes == before)
  }

  @Test func `failurePolicy stays Ignore until a probe succeeds`() throws {
    var cluster = FakeCluster()
    var process = Process(at: now)
    process.isUp = false
    let result = try process.reconcile(&cluster)
    #expect(result?.outcome == .webhookUnavailable("connection refused"))
    #expect(result?.requeueAfter == .seconds(2))
    #expect(cluster.policies == ["Ignore", "Ignore"])
    #expect(cluster.trusts(try #require(cluster.served), at: now))
    process.isUp = true
    #expect(try process.reconcile(&cluster)?.outcome == .upToDate)
    #expect(cluster.policies == ["Fail", "Fail"])
  }
}

@Suite struct `Existing registration` {
  @Test func `a registration in the desired state is not written again`() throws {
    var cluster = try registered()
    let writes = cluster.writes
    var process = Process(at: now + 59 * day)
    for _ in 0..<3 { #expect(try process.reconcile(&cluster)?.outcome == .upToDate) }
    #expect(cluster.writes == writes)
    #expect(process.probes == 0)
  }

  /// Changes of one configuration by another client.
  static let edits: [(what: String, edit: @Sendable (inout FakeCluster, String) -> Void)] = [
    ("deletes it", { $0.delete($1) }),
    ("sets Ignore", { $0.editWebhook($1) { $0["failurePolicy"] = "Ignore" } }),
    ("empties the bundle", { $0.editWebhook($1) { $0["clientConfig"] = ["service": ["name": "webhook"]] } }),
    ("writes garbage as bundle", { $0.editWebhook($1) { $0["clientConfig"] = ["caBundle": "eHh4"] } }),
    ("removes the conditions", { $0.editWebhook($1) { $0["matchConditions"] = nil } }),
    ("edits a rule", { $0.editWebhook($1) { $0["rules"] = [["operations": ["DELETE"]]] } }),
    ("adds a selector", { $0.editWebhook($1) { $0["namespaceSelector"] = ["matchLabels": ["a": "b"]] } }),
    ("renames the webhook", { $0.editWebhook($1) { $0["name"] = "other.harvesterhci.io" } }),
    ("removes the webhooks", { $0.edit($1) { $0["webhooks"] = nil } }),
    ("adds another webhook", { $0.edit($1) { $0["webhooks"] = ($0["webhooks"] as? [Any] ?? []) + [["name": "x"]] } }),
    ("removes the owner", { $0.edit($1) { $0["metadata"] = ["name": "webhook"] } }),
  ]

  @Test(arguments: edits.indices, FakeCluster.both) func `edited, emptied and deleted objects are restored`(
    row: Int, path: String
  ) throws {
    var cluster = try registered()
    let before = cluster.webhook(path) as NSDictionary
    Self.edits[row].edit(&cluster, path)
    // Pods may be down at this moment: failurePolicy is not reverted.
    var process = Process(at: now + 60)
    process.isUp = false
    let result = try process.reconcile(&cluster)
    #expect(result?.outcome == .upToDate, "\(Self.edits[row].what)")
    #expect(cluster.webhook(path) as NSDictionary == before, "\(Self.edits[row].what)")
    #expect(process.probes == 0)
  }

  @Test func `unknown labels, annotations and members of a newer API are kept`() throws {
    var cluster = try registered()
    cluster.annotate(FakeCluster.validating, "example.com/note", "kept")
    cluster.editWebhook(FakeCluster.validating) { $0["tomorrow"] = true }
    let writes = cluster.writes
    var process = Process(at: now)
    try process.reconcile(&cluster)
    #expect(cluster.writes == writes)
  }

  @Test func `the operator's annotation applies to its configuration until it is removed`() throws {
    var cluster = try registered()
    cluster.annotate(FakeCluster.validating, RegistrationNames.failurePolicy, "Ignore")
    var process = Process(at: now)
    let result = try process.reconcile(&cluster)
    #expect(result?.outcome == .upToDate)
    #expect(result?.status.optedOut == [.validating])
    #expect(cluster.policies == ["Ignore", "Fail"])
    cluster.annotate(FakeCluster.validating, RegistrationNames.failurePolicy, "Something")
    try process.reconcile(&cluster)
    #expect(cluster.policies == ["Fail", "Fail"])
  }

  @Test func `failurePolicy Fail is restored from the Secret when both configurations are edited to Ignore`() throws {
    var cluster = try registered()
    for path in FakeCluster.both { cluster.editWebhook(path) { $0["failurePolicy"] = "Ignore" } }
    var process = Process(at: now)
    process.isUp = false
    #expect(try process.reconcile(&cluster)?.outcome == .upToDate)
    #expect(cluster.policies == ["Fail", "Fail"])
  }

  @Test func `a client that undoes every write is reported after a limited number of writes`() throws {
    var cluster = try registered()
    var process = Process(at: now)
    let result = try process.reconcile(&cluster) { _ in }
    #expect(result?.outcome == .upToDate)
    cluster.delete(FakeCluster.validating)
    var action = process.reconciler.begin()
    var rounds = 0
    while true {
      rounds += 1
      try #require(rounds < 1000)
      switch action {
      case .request(let request, let operation):
        if case .write = operation { cluster.delete(FakeCluster.validating) }
        let (status, body) = try cluster.respond(to: request)
        if case .write = operation { cluster.delete(FakeCluster.validating) }
        action = process.reconciler.responded(status, body, at: now)
        continue
      case .finished(let result):
        #expect(result.outcome == .failed(.overwritten))
        #expect(result.requeueAfter == .seconds(10))
      case .probe: Issue.record("no probe is expected")
      }
      break
    }
  }
}

@Suite struct `Matching of the setting` {
  @Test(arguments: [(true, false), (false, false)])
  func `before Kubernetes 1.28 a label restricts the webhooks at every step`(
    stores: Bool, shows: Bool
  ) throws {
    var cluster = FakeCluster()
    cluster.storesMatchConditions = stores
    cluster.showsMatchConditions = shows
    var process = Process(at: now)
    let result = try process.reconcile(&cluster) { cluster in
      for path in FakeCluster.both { #expect(cluster.isRestricted(path)) }
    }
    #expect(result?.outcome == .upToDate)
    #expect(result?.status.matching == .objectSelector)
    #expect(cluster.label == "enabled")
    for path in FakeCluster.both {
      let selector = cluster.webhook(path)["objectSelector"] as? [String: Any]
      #expect(selector?["matchLabels"] as? [String: String] == [RegistrationNames.settingLabel: "enabled"])
      #expect(cluster.webhook(path)["matchConditions"] == nil)
    }
  }

  @Test(arguments: [400, 422]) func `a rejected matchConditions field selects the label`(status: Int) throws {
    var cluster = FakeCluster()
    cluster.storesMatchConditions = false
    cluster.refusals = [("POST", "dryRun=All", status)]
    var process = Process(at: now)
    #expect(try process.reconcile(&cluster)?.status.matching == .objectSelector)
  }

  static let kubelets: [(versions: [String], expected: RequestMatching)] = [
    ([], .matchConditions), (["v1.28.0"], .matchConditions), (["v1.36.0", "v1.29.3+rke2r1"], .matchConditions),
    (["v2.0.0"], .matchConditions), (["v1.27.16+rke2r2"], .objectSelector),
    (["v1.29.3", "v1.29.3", "v1.27.16"], .objectSelector), (["unknown"], .objectSelector), ([""], .objectSelector),
  ]

  @Test(arguments: kubelets.indices) func `during an upgrade the oldest node of the control plane decides`(row: Int)
    throws
  {
    var cluster = FakeCluster()
    cluster.kubelets = Self.kubelets[row].versions
    var process = Process(at: now)
    #expect(try process.reconcile(&cluster)?.status.matching == Self.kubelets[row].expected)
  }

  @Test func `stored configurations without matchConditions select the label despite the dry run`()
    throws
  {
    var cluster = FakeCluster()
    cluster.storesMatchConditions = false
    var process = Process(at: now)
    let result = try process.reconcile(&cluster)
    #expect(result?.outcome == .upToDate)
    #expect(result?.status.matching == .objectSelector)
  }

  @Test func `matchConditions replace the label within ten minutes after an upgrade to 1.28`() throws {
    var cluster = try registered { cluster in
      cluster.storesMatchConditions = false
      cluster.showsMatchConditions = false
    }
    cluster.storesMatchConditions = true
    cluster.showsMatchConditions = true
    var process = Process(at: now)
    try process.reconcile(&cluster)
    #expect(cluster.webhook(FakeCluster.mutating)["matchConditions"] != nil)
    process.now += 600
    try process.reconcile(&cluster) { #expect($0.isRestricted(FakeCluster.validating)) }
    #expect(cluster.webhook(FakeCluster.validating)["matchConditions"] != nil)
    #expect(cluster.policies == ["Fail", "Fail"])
  }

  @Test func `the newer detection of another registrar is not undone`() throws {
    var cluster = FakeCluster()
    cluster.kubelets = ["v1.27.16"]
    var first = Process(at: now)
    try first.reconcile(&cluster)
    cluster.kubelets = ["v1.29.0"]
    var second = Process(at: now + 3)
    #expect(try second.reconcile(&cluster)?.status.matching == .matchConditions)
    let writes = cluster.writes
    first.now += 3
    #expect(try first.reconcile(&cluster)?.status.matching == .matchConditions)
    #expect(cluster.writes == writes)
  }

  @Test func `a removed label is restored if the setting exists`() throws {
    var cluster = try registered { $0.showsMatchConditions = false }
    cluster.edit(FakeCluster.setting) { $0["metadata"] = ["name": "storage-network"] }
    var process = Process(at: now)
    try process.reconcile(&cluster)
    #expect(cluster.label == "enabled")
    cluster.delete(FakeCluster.setting)
    #expect(try process.reconcile(&cluster)?.outcome == .upToDate)
    #expect(cluster.label == nil)
  }
}
