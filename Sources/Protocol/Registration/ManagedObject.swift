package import ClusterState

/// The objects that the registrar reconciles and watches.
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

  /// The resource name, as in RBAC rules.
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

  /// Returns a watch of this object. Without a resourceVersion it starts with the current state; the field selector allows
  /// RBAC to restrict it by resourceNames.
  package func watch(_ options: RegistrationOptions, for duration: Duration) -> APIRequest {
    APIRequest(
      path: "\(collectionPath(options))?watch=true&fieldSelector=metadata.name%3D\(name(options))"
        + "&timeoutSeconds=\(duration.components.seconds)")
  }
}

/// The purpose of a request.
package enum ReconcileOperation: Sendable, Equatable {
  case read(ManagedObject)
  /// A dry run, which stores nothing; the kubelets' versions complete the result.
  case detectMatching
  case listControlPlaneNodes
  case write(ReconcileStep)
}
