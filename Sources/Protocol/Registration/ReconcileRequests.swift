internal import CertificateAuthority
internal import ClusterState
internal import JSON

// The requests of the steps that write; nil if the object to change does not exist.
extension Reconciler {
  func request(for step: ReconcileStep, at now: Int64) -> APIRequest? {
    switch step {
    case .createNextCA:
      let secret = observed.secret ?? TLSSecret(name: options.secret, namespace: options.namespace)
      return put(secret, exists: observed.secret != nil) { $0.createNextCA(options, at: now, serial: random() | 1) }
    case .activateNextCA:
      return observed.secret.flatMap { secret in
        put(secret, exists: true) { $0.activateNextCA(options, at: now, serial: random() | 1) }
      }
    case .issueServingCertificate:
      return observed.secret.flatMap { secret in
        put(secret, exists: true) { $0.issueServingCertificate(options, at: now, serial: random() | 1) }
      }
    case .recordServing: return observed.secret.flatMap { put($0, exists: true) { $0.recordServing() } }
    case .adoptSecret: return observed.secret.flatMap { put($0, exists: true) { _ in } }
    case .applyConfiguration(let kind): return apply(kind, at: now)
    case .labelSetting: return labelSetting
    case .detectMatching, .waitForPropagation, .probe, .blocked, .upToDate: return nil
    }
  }

  private func put(_ secret: TLSSecret, exists: Bool, _ change: (inout TLSSecret) -> Void) -> APIRequest? {
    guard let owner = observed.owner else { return nil }
    var secret = secret
    change(&secret)
    secret.adopt(by: owner)
    return write(secret.object, .secret, exists: exists)
  }

  private func apply(_ kind: WebhookKind, at now: Int64) -> APIRequest? {
    guard let owner = observed.owner, let specification = observed.specification(kind, options, at: now) else {
      return nil
    }
    let stored = observed.configurations[kind]
    let object = specification.object(replacing: stored, ownedBy: owner)
    return write(object, ManagedObject(kind), exists: stored != nil)
  }

  /// `fieldValidation=Ignore`: an API server that does not know matchConditions drops the field without an error.
  private func write(_ object: JSONValue, _ target: ManagedObject, exists: Bool) -> APIRequest {
    let path = exists ? target.path(options) : target.collectionPath(options)
    return APIRequest(method: exists ? "PUT" : "POST", path: "\(path)?fieldValidation=Ignore", body: object.json)
  }

  private var labelSetting: APIRequest {
    let labels = JSONValue.members([RegistrationNames.settingLabel: .string(RegistrationNames.settingLabelValue)])
    let patch = JSONValue.members(["metadata": .members(["labels": labels])])
    return APIRequest(
      method: "PATCH", path: ManagedObject.setting.path(options), body: patch.json,
      contentType: "application/merge-patch+json")
  }

  /// Returns the dry-run creation of a configuration: the response shows which fields the API server keeps. No stored
  /// configuration ever matches more than the one setting.
  func matchingDryRun(at now: Int64) -> APIRequest {
    let specification = WebhookSpecification(
      kind: .validating, options: options, caBundle: [], failurePolicy: .ignore, matching: .matchConditions)
    let empty = WebhookSpecification.empty(.validating, named: "\(options.configuration)-dry-run")
    let object = empty.setting("webhooks", to: .array([specification.webhook]))
    return APIRequest(
      method: "POST",
      path: ManagedObject.validatingConfiguration.collectionPath(options) + "?dryRun=All&fieldValidation=Ignore",
      body: object.json)
  }
}

extension JSONValue {
  /// Whether every kubelet of a list of nodes is of Kubernetes 1.28 or later. An API server is never older than its node's
  /// kubelet; during an upgrade another API server may be older than the one that responds.
  ///
  /// <https://kubernetes.io/releases/version-skew-policy/>
  var kubeletsKnowMatchConditions: Bool {
    (self["items"]?.elements ?? []).allSatisfy { node in
      let version = node["status"]?["nodeInfo"]?["kubeletVersion"]?.string ?? ""
      let numbers = version.drop { !$0.isNumber }.split(separator: ".").prefix(2).compactMap { Int($0) }
      return numbers.count == 2 && (numbers[0], numbers[1]) >= (1, 28)
    }
  }
}
