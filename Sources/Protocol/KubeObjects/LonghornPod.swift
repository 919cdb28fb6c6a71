package import JSON
package import Rules

/// The pods of Longhorn that the storage network carries.
package enum LonghornPod {
  package static let namespace = "longhorn-system"
  private static let components = ["backing-image-data-source", "backing-image-manager", "instance-manager"]

  package static let labelSelector = "longhorn.io/component in (\(components.joined(separator: ",")))"

  /// The interface of the storage network in a pod.
  static let interface = "lhnet1"
  /// The interface of RWX volumes in the pods of Longhorn's CSI plugin.
  static let endpointInterface = "lhnet2"

  static func matches(namespace: String, component: String) -> Bool {
    namespace == Self.namespace && components.contains(component)
  }
}

extension JSONReader {
  /// Reads a `Pod` (v1); nil unless it is one of ``LonghornPod`` and not on its way out.
  package mutating func readLonghornPod() throws(JSONError) -> LonghornPodFact? {
    var metadata = Metadata()
    var node = ""
    var phase = ""
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        metadata = try reader.readMetadata()
      } else if key.equals("spec") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("nodeName") { node = try reader.readStringIfPresent()?.string ?? "" }
        }
      } else if key.equals("status") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("phase") { phase = try reader.readStringIfPresent()?.string ?? "" }
        }
      }
    }
    let component = metadata.labels["longhorn.io/component"] ?? ""
    guard LonghornPod.matches(namespace: metadata.namespace, component: component), !metadata.isBeingDeleted,
      phase == "Running"
    else { return nil }
    let network = metadata.annotations["k8s.v1.cni.cncf.io/network-status"].flatMap(storageNetwork)
    return LonghornPodFact(name: metadata.name, node: node, network: network ?? "")
  }
}

/// The network behind the interface `lhnet1` in what Multus tells of a pod's interfaces.
///
/// <https://github.com/k8snetworkplumbingwg/multi-net-spec>
private func storageNetwork(of networkStatus: String) -> String? {
  guard case .array(let interfaces)? = try? JSONValue(parsing: Array(networkStatus.utf8)) else { return nil }
  return interfaces.first { $0["interface"]?.string == LonghornPod.interface }?["name"]?.string
}
