internal import KubeObjects

/// The kinds that `verify` reads beside the watched ones: a person asks for them, the webhook never does.
package enum VerifyKind: CaseIterable, Sendable {
  case longhornPod
  case longhornEvent
  case monitoringDeployment
  case harvesterDeployment
  case prometheus
  case alertmanager
  case addressReservation

  package var resource: Resource {
    switch self {
    case .longhornPod: Resource("", "v1", "pods", "Pod", namespace: LonghornPod.namespace)
    case .longhornEvent: Resource("", "v1", "events", "Event", namespace: LonghornPod.namespace)
    case .monitoringDeployment:
      Resource("apps", "v1", "deployments", "Deployment", namespace: "cattle-monitoring-system")
    case .harvesterDeployment: Resource("apps", "v1", "deployments", "Deployment", namespace: "harvester-system")
    case .prometheus:
      Resource("monitoring.coreos.com", "v1", "prometheuses", "Prometheus", namespace: "cattle-monitoring-system")
    case .alertmanager:
      Resource("monitoring.coreos.com", "v1", "alertmanagers", "Alertmanager", namespace: "cattle-monitoring-system")
    case .addressReservation:
      Resource(
        "whereabouts.cni.cncf.io", "v1alpha1", "overlappingrangeipreservations", "OverlappingRangeIPReservation")
    }
  }

  /// The kind an object is of by its own words; objects of other namespaces are not looked at.
  init?(_ identity: ObjectIdentity) {
    let known = Self.allCases.first { kind in
      let resource = kind.resource
      return resource.group == identity.group && resource.kind == identity.kind
        && (resource.namespace ?? identity.name.namespace) == identity.name.namespace
    }
    guard let known else { return nil }
    self = known
  }
}
