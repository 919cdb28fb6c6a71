internal import CertificateAuthority
internal import JSON
internal import KubeObjects

/// The two webhook configurations.
package enum WebhookKind: String, CaseIterable, Sendable {
  case validating
  case mutating

  var kind: String {
    switch self {
    case .validating: "ValidatingWebhookConfiguration"
    case .mutating: "MutatingWebhookConfiguration"
    }
  }

  var plural: String { "\(rawValue)webhookconfigurations" }

  var servicePath: String {
    switch self {
    case .validating: "/validate"
    case .mutating: "/mutate"
    }
  }
}

/// The way in which the webhooks are restricted to the setting.
package enum RequestMatching: String, Sendable {
  /// By name, in the API server (Kubernetes 1.28 and later).
  case matchConditions
  /// By a label of the Setting: an object selector matches the old or the new object.
  case objectSelector
}

package enum FailurePolicy: String, Sendable {
  case fail = "Fail"
  case ignore = "Ignore"
}

/// A stored webhook configuration.
struct WebhookConfiguration {
  let object: JSONValue

  private var webhooks: [JSONValue] { object["webhooks"]?.elements ?? [] }

  /// The CAs of all its webhooks.
  var trustedCAs: [Certificate] {
    webhooks.flatMap { Certificate.all(in: $0["clientConfig"]?["caBundle"]?.string.flatMap(Base64.decode) ?? []) }
  }

  /// Nil without a webhook. `Fail` is the API's default.
  var failurePolicy: FailurePolicy? {
    guard let webhook = webhooks.first else { return nil }
    return webhook["failurePolicy"]?.string == "Ignore" ? .ignore : .fail
  }

  /// Whether an operator has set failurePolicy to Ignore.
  var isOptedOut: Bool { object.annotation(RegistrationNames.failurePolicy) == "Ignore" }

  var hasMatchConditions: Bool { webhooks.contains { !($0["matchConditions"]?.elements ?? []).isEmpty } }

  /// Returns whether every member that this program sets has the desired value. Members that a newer API server adds are not
  /// compared.
  func matches(_ desired: WebhookSpecification, ownedBy owner: Owner) -> Bool {
    guard owner.owns(object), webhooks.count == 1, let stored = webhooks.first else { return false }
    let isLabelled = WebhookSpecification.labels.allSatisfy { object["metadata"]?["labels"]?[$0]?.string == $1 }
    let webhook = desired.webhook
    return isLabelled
      && WebhookSpecification.members.allSatisfy { stored[$0]?.json == webhook[$0]?.json }
  }
}

/// The desired state of a webhook configuration.
struct WebhookSpecification {
  let kind: WebhookKind
  let options: RegistrationOptions
  /// The CA certificates as PEM.
  let caBundle: [UInt8]
  let failurePolicy: FailurePolicy
  let matching: RequestMatching

  static let labels: KeyValuePairs<String, String> = [
    "app.kubernetes.io/name": "storage-network-webhook", "app.kubernetes.io/component": "registration",
  ]

  /// Every member of a webhook in the API (admissionregistration.k8s.io/v1).
  static let members = [
    "admissionReviewVersions", "clientConfig", "failurePolicy", "matchConditions", "matchPolicy", "name",
    "namespaceSelector", "objectSelector", "reinvocationPolicy", "rules", "sideEffects", "timeoutSeconds",
  ]

  /// Returns the configuration to write; the metadata of the stored one is kept.
  func object(replacing stored: WebhookConfiguration?, ownedBy owner: Owner) -> JSONValue {
    var object = stored?.object ?? Self.empty(kind, named: options.configuration)
    for (key, value) in Self.labels { object = object.settingMetadata("labels", key, to: value) }
    return owner.adopt(object).setting("webhooks", to: .array([webhook]))
  }

  static func empty(_ kind: WebhookKind, named name: String) -> JSONValue {
    .members([
      "apiVersion": .string("admissionregistration.k8s.io/v1"), "kind": .string(kind.kind),
      "metadata": .members(["name": .string(name)]),
    ])
  }

  /// The webhook with every default, so that it can be compared with the stored one.
  var webhook: JSONValue {
    let webhook = JSONValue.members([
      "name": .string(RegistrationNames.webhook), "clientConfig": clientConfig, "rules": .array([rule]),
      // A wrong storage network stops every volume, so no change may bypass the review.
      "failurePolicy": .string(failurePolicy.rawValue), "matchPolicy": .string("Equivalent"),
      "namespaceSelector": .object([]), "objectSelector": objectSelector, "sideEffects": .string("None"),
      "timeoutSeconds": .number("10"), "admissionReviewVersions": .strings(["v1"]),
    ])
    return webhook.setting("matchConditions", to: matchConditions)
      // Another webhook may change the value after this one.
      .setting("reinvocationPolicy", to: kind == .mutating ? .string("IfNeeded") : nil)
  }

  private var clientConfig: JSONValue {
    .members([
      "caBundle": .string(Base64.encode(caBundle)),
      "service": .members([
        "name": .string(options.service), "namespace": .string(options.namespace), "path": .string(kind.servicePath),
        "port": .number("\(options.servicePort)"),
      ]),
    ])
  }

  private var rule: JSONValue {
    .members([
      "apiGroups": .strings(["harvesterhci.io"]), "apiVersions": .strings(["v1beta1"]),
      "operations": .strings(["CREATE", "UPDATE", "DELETE"]), "resources": .strings(["settings"]),
      "scope": .string("Cluster"),
    ])
  }

  private var objectSelector: JSONValue {
    guard matching == .objectSelector else { return .object([]) }
    return .members([
      "matchLabels": .members([RegistrationNames.settingLabel: .string(RegistrationNames.settingLabelValue)])
    ])
  }

  private var matchConditions: JSONValue? {
    guard matching == .matchConditions else { return nil }
    // The deletion of a collection has no name.
    let expression =
      "request.operation == 'DELETE' ? oldObject != null && oldObject.metadata.name == 'storage-network'"
      + " : request.name == 'storage-network'"
    return .array([.members(["name": .string("is-storage-network"), "expression": .string(expression)])])
  }
}
