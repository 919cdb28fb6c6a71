internal import Addressing
package import JSON
package import Rules

/// Longhorn's pods whose traffic is on the storage network.
package enum LonghornPod {
  package static let namespace = "longhorn-system"
  private static let components = ["backing-image-data-source", "backing-image-manager", "instance-manager"]

  /// The interface of the storage network in a pod.
  static let interface = "lhnet1"
  /// The interface of RWX volumes in the pods of Longhorn's CSI plugin.
  static let endpointInterface = "lhnet2"

  static func matches(namespace: String, component: String) -> Bool {
    namespace == Self.namespace && components.contains(component)
  }
}

/// A pod in Longhorn's namespace.
package struct LonghornPodEntry: Sendable, Equatable {
  /// Its addresses, which it holds in any phase until it is deleted.
  package var addresses: LonghornPodAddresses
  /// Its storage traffic; nil unless it is one of ``LonghornPod``, is running and is not being deleted.
  package var storage: LonghornPodFact?
}

extension JSONReader {
  /// Reads a `Pod` (v1); nil outside Longhorn's namespace.
  package mutating func readLonghornPod() throws(JSONError) -> LonghornPodEntry? {
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
    guard metadata.namespace == LonghornPod.namespace else { return nil }
    let interfaces = metadata.annotations["k8s.v1.cni.cncf.io/network-status"].flatMap(interfaces)
    var entry = LonghornPodEntry(
      addresses: LonghornPodAddresses(
        reference: "\(metadata.namespace)/\(metadata.name)", addresses: interfaces?.flatMap(\.addresses)))
    let component = metadata.labels["longhorn.io/component"] ?? ""
    if LonghornPod.matches(namespace: metadata.namespace, component: component), !metadata.isBeingDeleted,
      phase == "Running"
    {
      let network = interfaces?.first { $0["interface"]?.string == LonghornPod.interface }?["name"]?.string
      entry.storage = LonghornPodFact(name: metadata.name, node: node, network: network ?? "")
    }
    return entry
  }
}

/// Parses the network status that Multus writes for a pod.
///
/// <https://github.com/k8snetworkplumbingwg/multi-net-spec>
private func interfaces(of networkStatus: String) -> [JSONValue]? {
  guard case .array(let interfaces)? = try? JSONValue(parsing: Array(networkStatus.utf8)) else { return nil }
  return interfaces
}

extension JSONValue {
  /// The IPv4 addresses of an interface.
  fileprivate var addresses: [IPv4Address] {
    guard case .array(let texts)? = self["ips"] else { return [] }
    return texts.compactMap { $0.string.flatMap { try? IPv4Address($0) } }
  }
}
