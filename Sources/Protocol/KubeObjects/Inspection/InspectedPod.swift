internal import Addressing
package import JSON
package import Rules

/// The state of a pod for `verify`: its readiness, and its addresses on each network.
package struct InspectedPod: Sendable, Equatable {
  /// One entry of the network status that Multus writes for a pod.
  package struct Interface: Sendable, Equatable {
    /// `NAMESPACE/NAME` of the network.
    package var network: String
    package var name: String
    package var addresses: [String]
  }

  package var namespace = ""
  package var name = ""
  package var uid = ""
  package var node = ""
  /// Longhorn's component name; empty for other pods.
  package var component = ""
  package var phase = ""
  package var isReady = false
  package var isBeingDeleted = false
  package var interfaces: [Interface] = []
  /// `NAMESPACE/NAME` of the requested networks, which are attached later, if at all.
  package var requestedNetworks: [String] = []
  /// Whether it mounts RWX volumes on its node.
  package var isCSIPlugin = false

  package init() {}

  /// The pod reference in Whereabouts' reservations.
  package var reference: String { "\(namespace)/\(name)" }

  /// Whether the storage network has its traffic.
  package var carriesStorage: Bool { LonghornPod.matches(namespace: namespace, component: component) }

  /// Whether it has finished, such as a data source whose file has arrived.
  package var isFinished: Bool { phase == "Succeeded" }

  /// The interface for Longhorn's storage traffic.
  package var storageInterface: Interface? { interfaces.first { $0.name == LonghornPod.interface } }

  /// The CSI plugin's interface for RWX volumes.
  package var endpointInterface: Interface? {
    interfaces.first { $0.name == LonghornPod.endpointInterface } ?? storageInterface
  }

  /// Its addresses, as a holder of Whereabouts' reservations.
  package var heldAddresses: LonghornPodAddresses {
    LonghornPodAddresses(
      reference: reference,
      addresses: interfaces.isEmpty ? nil : interfaces.flatMap(\.addresses).compactMap { try? IPv4Address($0) })
  }

  /// The addresses that it has for certain. The annotation of a pod whose sandbox is made anew still names the former ones,
  /// until Multus has attached it again; only then does the pod become ready.
  package var provenAddresses: LonghornPodAddresses {
    isReady || isFinished ? heldAddresses : LonghornPodAddresses(reference: reference)
  }

  /// All attached and requested networks.
  package var networks: [String] { interfaces.map(\.network).filter { !$0.isEmpty } + requestedNetworks }
}

extension JSONReader {
  /// Reads a `Pod` (v1).
  package mutating func readInspectedPod() throws(JSONError) -> InspectedPod {
    var pod = InspectedPod()
    try readMembers { key, reader throws(JSONError) in
      if key.equals("metadata") {
        pod.apply(try reader.readMetadata(hasUID: true))
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
  fileprivate mutating func apply(_ metadata: Metadata) {
    namespace = metadata.namespace
    name = metadata.name
    uid = metadata.uid
    component = metadata.labels["longhorn.io/component"] ?? ""
    isBeingDeleted = metadata.isBeingDeleted
    interfaces = metadata.annotations["k8s.v1.cni.cncf.io/network-status"].map(Self.interfaces) ?? []
    requestedNetworks = metadata.annotations["k8s.v1.cni.cncf.io/networks"].map(requestedNetworks(in:)) ?? []
    isCSIPlugin =
      namespace == LonghornPod.namespace
      && (name.hasPrefix("\(csiPlugin)-")
        || [metadata.labels["app"], metadata.labels["app.kubernetes.io/name"]].contains(csiPlugin))
  }

  /// Parses a JSON list of objects, or names separated by commas: `NAMESPACE/NAME@INTERFACE`.
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

  /// Parses a network status: <https://github.com/k8snetworkplumbingwg/multi-net-spec>.
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

/// Longhorn's name of the DaemonSet and of the label of its pods.
private let csiPlugin = "longhorn-csi-plugin"
