package import JSON
package import Rules

extension JSONReader {
  /// Reads a Longhorn `Volume` (longhorn.io/v1beta2); nil if it is detached.
  package mutating func readVolumeInUse() throws(JSONError) -> VolumeFact? {
    var volume = VolumeFact(name: "", state: "")
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        volume.name = try reader.readMetadata().name
      } else if key.equals("status") {
        try reader.readVolumeStatus(into: &volume)
      }
    }
    return volume.state == "detached" ? nil : volume
  }

  private mutating func readVolumeStatus(into volume: inout VolumeFact) throws(JSONError) {
    try readMembers { key, reader throws(JSONError) in
      if key.equals("state") {
        volume.state = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("currentNodeID") {
        volume.node = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("kubernetesStatus") {
        try reader.readKubernetesStatus(into: &volume)
      }
    }
  }

  private mutating func readKubernetesStatus(into volume: inout VolumeFact) throws(JSONError) {
    try readMembers { key, reader throws(JSONError) in
      if key.equals("namespace") {
        volume.namespace = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("pvcName") {
        volume.claim = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("workloadsStatus") {
        try reader.readElements { reader throws(JSONError) in try reader.readWorkload(into: &volume) }
      }
    }
  }

  private mutating func readWorkload(into volume: inout VolumeFact) throws(JSONError) {
    var (kind, name) = ("", "")
    try readMembers { key, reader throws(JSONError) in
      if key.equals("podName") {
        if let pod = try reader.readStringIfPresent()?.string { volume.pods.append(pod) }
      } else if key.equals("workloadType") {
        kind = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("workloadName") {
        name = try reader.readStringIfPresent()?.string ?? ""
      }
    }
    let workload = VolumeFact.Workload(kind: kind, name: name)
    if !kind.isEmpty, !name.isEmpty, !volume.workloads.contains(workload) { volume.workloads.append(workload) }
  }
}
