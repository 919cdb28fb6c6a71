package import JSON

/// The volume claims of the workloads that Harvester scales to zero while it changes the storage network.
package enum SystemClaim {
  private static let namespaces = [
    "alertmanager": "cattle-monitoring-system", "grafana": "cattle-monitoring-system",
    "prometheus": "cattle-monitoring-system", "harvester-vm-import-controller": "harvester-system",
  ]

  package static let labelSelector = "app.kubernetes.io/name in (\(namespaces.keys.sorted().joined(separator: ",")))"

  static func matches(_ metadata: Metadata) -> Bool {
    metadata.labels["app.kubernetes.io/name"].flatMap { namespaces[$0] } == metadata.namespace
  }
}

extension JSONReader {
  /// Reads the volume of a `PersistentVolumeClaim` (v1); nil unless the claim is of a workload that Harvester stops and
  /// restarts itself.
  package mutating func readSystemVolume() throws(JSONError) -> String? {
    var metadata = Metadata()
    var volume = ""
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        metadata = try reader.readMetadata()
      } else if key.equals("spec") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("volumeName") { volume = try reader.readStringIfPresent()?.string ?? "" }
        }
      }
    }
    return SystemClaim.matches(metadata) && !volume.isEmpty ? volume : nil
  }
}
