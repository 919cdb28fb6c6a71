package import JSON

/// A workload that Harvester scales to zero while it changes the storage network, and restores afterwards.
package struct ScaledWorkload: Sendable, Equatable {
  package var namespace = ""
  package var name = ""
  package var kind = ""
  /// The desired number of pods.
  package var desiredReplicas = 1
  /// The number of ready pods.
  package var readyReplicas = 0
  /// The number of pods before Harvester scaled it to zero; nil at other times.
  package var replicasBeforeStop: Int?

  package init() {}

  /// The workloads that Harvester stops, by namespace and name.
  package static let all = [
    "cattle-monitoring-system/rancher-monitoring-alertmanager",
    "cattle-monitoring-system/rancher-monitoring-grafana",
    "cattle-monitoring-system/rancher-monitoring-prometheus",
    "harvester-system/harvester-vm-import-controller",
    "harvester-system/vm-import-controller-harvester-vm-import-controller",
  ]
}

extension JSONReader {
  /// Reads a `Deployment` (apps/v1), a `Prometheus` or an `Alertmanager` (monitoring.coreos.com/v1); nil for a workload
  /// that Harvester does not scale.
  package mutating func readScaledWorkload(ofKind kind: String) throws(JSONError) -> ScaledWorkload? {
    var workload = ScaledWorkload()
    workload.kind = kind
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        let metadata = try reader.readMetadata()
        workload.namespace = metadata.namespace
        workload.name = metadata.name
        workload.replicasBeforeStop = metadata.annotations["storage-network.settings.harvesterhci.io/replica"].flatMap {
          Int($0)
        }
      } else if key.equals("spec") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("replicas") { workload.desiredReplicas = try reader.readIntegerIfPresent() ?? 1 }
        }
      } else if key.equals("status") {
        try reader.readMembers { key, reader throws(JSONError) in
          // Deployments count ready pods, the Prometheus operator's kinds available ones.
          guard key.equals("readyReplicas") || key.equals("availableReplicas") else { return }
          workload.readyReplicas = max(workload.readyReplicas, try reader.readIntegerIfPresent() ?? 0)
        }
      }
    }
    return ScaledWorkload.all.contains("\(workload.namespace)/\(workload.name)") ? workload : nil
  }
}
