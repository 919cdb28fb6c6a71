package import ClusterState

/// The objects that a reconciliation reads, and watches for changes.
package enum ManagedObject: Int, CaseIterable, Sendable {
  case clusterRole
  case secret
  case validatingConfiguration
  case mutatingConfiguration
  case setting

  init(_ kind: WebhookKind) {
    switch kind {
    case .validating: self = .validatingConfiguration
    case .mutating: self = .mutatingConfiguration
    }
  }

  var webhookKind: WebhookKind? {
    switch self {
    case .validatingConfiguration: .validating
    case .mutatingConfiguration: .mutating
    case .clusterRole, .secret, .setting: nil
    }
  }

  /// As in RBAC rules and in the API server's messages.
  package var resource: String {
    switch self {
    case .clusterRole: "clusterroles"
    case .secret: "secrets"
    case .validatingConfiguration: WebhookKind.validating.plural
    case .mutatingConfiguration: WebhookKind.mutating.plural
    case .setting: "settings"
    }
  }

  package func name(_ options: RegistrationOptions) -> String {
    switch self {
    case .clusterRole: options.clusterRole
    case .secret: options.secret
    case .validatingConfiguration, .mutatingConfiguration: options.configuration
    case .setting: "storage-network"
    }
  }

  func collectionPath(_ options: RegistrationOptions) -> String {
    switch self {
    case .clusterRole: "/apis/rbac.authorization.k8s.io/v1/clusterroles"
    case .secret: "/api/v1/namespaces/\(options.namespace)/secrets"
    case .validatingConfiguration, .mutatingConfiguration: "/apis/admissionregistration.k8s.io/v1/\(resource)"
    case .setting: "/apis/harvesterhci.io/v1beta1/settings"
    }
  }

  package func path(_ options: RegistrationOptions) -> String {
    "\(collectionPath(options))/\(name(options))"
  }

  /// A watch of this object alone. Without a resourceVersion it begins with the object as it is; the field selector lets
  /// RBAC restrict it to the name.
  package func watch(_ options: RegistrationOptions, for duration: Duration) -> APIRequest {
    APIRequest(
      path: "\(collectionPath(options))?watch=true&fieldSelector=metadata.name%3D\(name(options))"
        + "&timeoutSeconds=\(duration.components.seconds)")
  }
}

/// What a request is for.
package enum ReconcileOperation: Sendable, Equatable {
  case read(ManagedObject)
  /// A dry run, which stores nothing, and what kubelets say of the control plane's versions.
  case detectMatching
  case listControlPlaneNodes
  case write(ReconcileStep)
}
