package import JSON

/// A pod as `verify` looks at it: whether it is ready, and which addresses it has on which network.
package struct InspectedPod: Sendable, Equatable {
  /// One entry of what Multus tells of a pod's interfaces.
  package struct Interface: Sendable, Equatable {
    /// `NAMESPACE/NAME` of the network behind it.
    package var network: String
    package var name: String
    package var addresses: [String]
  }

  package var namespace = ""
  package var name = ""
  package var node = ""
  /// Longhorn's word for what the pod is; empty for pods that are not Longhorn's.
  package var component = ""
  package var phase = ""
  package var isReady = false
  package var isBeingDeleted = false
  package var interfaces: [Interface] = []
  /// `NAMESPACE/NAME` of the networks that it asks for, which it has only later, if at all.
  package var requestedNetworks: [String] = []
  /// Whether it mounts RWX volumes on its node.
  package var isCSIPlugin = false

  package init() {}

  /// As Whereabouts writes whom an address is for.
  package var reference: String { "\(namespace)/\(name)" }

  /// Whether the storage network carries it.
  package var carriesStorage: Bool { LonghornPod.matches(namespace: namespace, component: component) }

  /// Its work is done, and nothing of it runs any more: a data source whose file has arrived.
  package var isOver: Bool { phase == "Succeeded" }

  /// The interface that Longhorn moves its traffic to.
  package var storageInterface: Interface? { interfaces.first { $0.name == LonghornPod.interface } }

  /// The interface that the CSI plugin reaches RWX volumes by.
  package var endpointInterface: Interface? {
    interfaces.first { $0.name == LonghornPod.endpointInterface } ?? storageInterface
  }

  /// Every network that it is attached to or asks for.
  package var networks: [String] { interfaces.map(\.network).filter { !$0.isEmpty } + requestedNetworks }
}

extension JSONReader {
  /// Reads a `Pod` (v1).
  package mutating func readInspectedPod() throws(JSONError) -> InspectedPod {
    var pod = InspectedPod()
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        pod.take(try reader.readMetadata())
      } else if key.equals("spec") {
        try reader.readMembers { key, reader throws(JSONError) in
          if key.equals("nodeName") { pod.node = try reader.readStringIfPresent()?.string ?? "" }
        }
      } else if key.equals("status") {
        try reader.readPodStatus(into: &pod)
      }
    }
    return pod
  }

  private mutating func readPodStatus(into pod: inout InspectedPod) throws(JSONError) {
    try readMembers { key, reader throws(JSONError) in
      if key.equals("phase") {
        pod.phase = try reader.readStringIfPresent()?.string ?? ""
      } else if key.equals("conditions") {
        pod.isReady = try reader.readConditions().contains { $0.type == "Ready" && $0.status == "True" }
      }
    }
  }
}

extension InspectedPod {
  fileprivate mutating func take(_ metadata: Metadata) {
    namespace = metadata.namespace
    name = metadata.name
    component = metadata.labels["longhorn.io/component"] ?? ""
    isBeingDeleted = metadata.isBeingDeleted
    interfaces = metadata.annotations["k8s.v1.cni.cncf.io/network-status"].map(Self.interfaces) ?? []
    requestedNetworks = metadata.annotations["k8s.v1.cni.cncf.io/networks"].map(requestedNetworks(in:)) ?? []
    isCSIPlugin =
      namespace == LonghornPod.namespace
      && (name.hasPrefix("\(csiPlugin)-")
        || [metadata.labels["app"], metadata.labels["app.kubernetes.io/name"]].contains(csiPlugin))
  }

  /// A JSON list of objects, or names that commas separate: `NAMESPACE/NAME@INTERFACE`.
  private func requestedNetworks(in text: String) -> [String] {
    func qualified(_ name: String) -> String { name.contains("/") ? name : "\(namespace)/\(name)" }
    if case .array(let entries)? = try? JSONValue(parsing: Array(text.utf8)) {
      return entries.compactMap { entry in
        guard let name = entry["name"]?.string else { return nil }
        return entry["namespace"]?.string.map { "\($0)/\(name)" } ?? qualified(name)
      }
    }
    return text.split(separator: ",").compactMap { entry in
      let name = entry.split(separator: "@").first?.filter { $0 != " " } ?? ""
      return name.isEmpty ? nil : qualified(name)
    }
  }

  /// <https://github.com/k8snetworkplumbingwg/multi-net-spec>
  private static func interfaces(of networkStatus: String) -> [Interface] {
    guard case .array(let entries)? = try? JSONValue(parsing: Array(networkStatus.utf8)) else { return [] }
    return entries.map { entry in
      var addresses: [String] = []
      if case .array(let texts)? = entry["ips"] { addresses = texts.compactMap(\.string) }
      return Interface(
        network: entry["name"]?.string ?? "", name: entry["interface"]?.string ?? "", addresses: addresses)
    }
  }
}

/// As Longhorn names its DaemonSet and labels the pods of it.
private let csiPlugin = "longhorn-csi-plugin"
