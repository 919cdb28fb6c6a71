internal import KubeObjects

/// The kinds that `verify` reads besides the watched ones, or of which it reads more fields than the rules do.
package enum VerifyKind: CaseIterable, Sendable {
  case node
  case vlanStatus
  case longhornSetting
  case longhornPod
  case longhornEvent
  case monitoringDeployment
  case harvesterDeployment
  case prometheus
  case alertmanager
  case addressPool
  case addressReservation

  package var resource: Resource {
    switch self {
    case .node: WatchedKind.node.resource
    case .vlanStatus: WatchedKind.vlanStatus.resource
    case .longhornSetting: WatchedKind.longhornSetting.resource
    case .longhornPod: Resource("", "v1", "pods", "Pod", namespace: LonghornPod.namespace)
    case .longhornEvent: Resource("", "v1", "events", "Event", namespace: LonghornPod.namespace)
    case .monitoringDeployment:
      Resource("apps", "v1", "deployments", "Deployment", namespace: "cattle-monitoring-system")
    case .harvesterDeployment: Resource("apps", "v1", "deployments", "Deployment", namespace: "harvester-system")
    case .prometheus:
      Resource("monitoring.coreos.com", "v1", "prometheuses", "Prometheus", namespace: "cattle-monitoring-system")
    case .alertmanager:
      Resource("monitoring.coreos.com", "v1", "alertmanagers", "Alertmanager", namespace: "cattle-monitoring-system")
    case .addressPool: WatchedKind.addressPool.resource
    case .addressReservation: WatchedKind.addressReservation.resource
    }
  }

  /// The watched kind of the same objects, for the rules' facts.
  var watched: WatchedKind? {
    switch self {
    case .node: .node
    case .vlanStatus: .vlanStatus
    case .longhornSetting: .longhornSetting
    case .longhornPod: .longhornPod
    case .addressReservation: .addressReservation
    case .addressPool: .addressPool
    default: nil
    }
  }

  /// Whether Harvester may lack the kind: without the monitoring addon, or before Whereabouts is installed.
  var isOptional: Bool {
    switch self {
    case .prometheus, .alertmanager, .addressPool, .addressReservation: true
    default: false
    }
  }

  /// The kind of an object with this group and kind; nil for other namespaces than the resource's own.
  init?(group: String, kind: String, namespace: String) {
    let known = Self.allCases.first { candidate in
      let resource = candidate.resource
      return resource.group == group && resource.kind == kind && (resource.namespace ?? namespace) == namespace
    }
    guard let known else { return nil }
    self = known
  }
}
