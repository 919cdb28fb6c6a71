import Foundation

// The objects that the cluster begins with.
extension ScriptedCluster {
  private static let nodes = (0..<3).map { "harvester-node-\($0)" }
  static let definitions = "/apis/k8s.cni.cncf.io/v1/namespaces/harvester-system/network-attachment-definitions"
  static let longhornSetting = "/apis/longhorn.io/v1beta2/namespaces/longhorn-system/settings/storage-network"
  static let pods = "/api/v1/namespaces/longhorn-system/pods"
  static let grafana = "/apis/apps/v1/namespaces/cattle-monitoring-system/deployments/rancher-monitoring-grafana"

  /// The uplinks of the cluster network `storage`, on every node.
  public static let vlanConfigPath = "/apis/network.harvesterhci.io/v1beta1/vlanconfigs/storage-all"

  static func volumePath(_ reference: String) -> String {
    "/apis/longhorn.io/v1beta2/namespaces/longhorn-system/volumes/pvc-\(reference.split(separator: "/")[1])"
  }

  static func condition(_ type: String, _ status: String = "True") -> [Object] { [["type": type, "status": status]] }

  func addNodes() {
    for (index, node) in Self.nodes.enumerated() {
      put(
        [
          "apiVersion": "v1", "kind": "Node", "metadata": ["name": node],
          "spec": ["podCIDRs": ["10.52.\(index).0/24"]],
          "status": [
            "addresses": [["type": "InternalIP", "address": "172.20.10.1\(index)"]],
            "conditions": Self.condition("Ready"),
          ] as Object,
        ], at: "/api/v1/nodes/\(node)")
      put(
        [
          "apiVersion": "network.harvesterhci.io/v1beta1", "kind": "VlanStatus",
          "metadata": ["name": "storage-\(node)"],
          "status": ["clusterNetwork": "storage", "node": node, "conditions": Self.condition("ready")] as Object,
        ], at: "/apis/network.harvesterhci.io/v1beta1/vlanstatuses/storage-\(node)")
    }
    put(
      [
        "apiVersion": "network.harvesterhci.io/v1beta1", "kind": "ClusterNetwork", "metadata": ["name": "storage"],
        "status": ["conditions": Self.condition("ready")],
      ], at: "/apis/network.harvesterhci.io/v1beta1/clusternetworks/storage")
    let matched = "[\(Self.nodes.map { "\"\($0)\"" }.joined(separator: ","))]"
    put(
      [
        "apiVersion": "network.harvesterhci.io/v1beta1", "kind": "VlanConfig",
        "metadata": [
          "name": "storage-all", "annotations": ["network.harvesterhci.io/matched-nodes": matched],
        ] as Object,
        "spec": ["clusterNetwork": "storage", "uplink": ["linkAttributes": ["mtu": 1500]]] as Object,
      ], at: Self.vlanConfigPath)
    for name in ["ippools", "overlappingrangeipreservations"] {
      let name = "\(name).whereabouts.cni.cncf.io"
      put(
        [
          "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition", "metadata": ["name": name],
        ], at: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/\(name)")
    }
  }

  func addSettings() {
    let values = ["storage-network": "", "vm-migration-network": "", "rwx-network": "", "server-version": "v1.6.1"]
    for (name, value) in values {
      put(
        [
          "apiVersion": "harvesterhci.io/v1beta1", "kind": "Setting", "metadata": ["name": name], "value": value,
        ], at: "/apis/harvesterhci.io/v1beta1/settings/\(name)")
    }
  }

  func addLonghorn() {
    put(
      [
        "apiVersion": "longhorn.io/v1beta2", "kind": "Setting",
        "metadata": ["name": "storage-network", "namespace": "longhorn-system"], "value": "",
        "status": ["applied": true],
      ], at: Self.longhornSetting)
    for (index, node) in Self.nodes.enumerated() {
      put(
        [
          "apiVersion": "longhorn.io/v1beta2", "kind": "Node",
          "metadata": ["name": node, "namespace": "longhorn-system"],
          "spec": ["disks": ["disk-0": [:] as Object]],
        ], at: "/apis/longhorn.io/v1beta2/namespaces/longhorn-system/nodes/\(node)")
      put(Self.pod(index), at: "\(Self.pods)/instance-manager-\(index)")
    }
    put(
      [
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": ["name": "rancher-monitoring-grafana", "namespace": "cattle-monitoring-system"],
        "spec": ["replicas": 1], "status": ["readyReplicas": 1],
      ], at: Self.grafana)
  }

  /// An instance manager, on the network that Longhorn's setting names.
  static func pod(_ index: Int, on network: String = "") -> Object {
    var annotations: Object = [:]
    if !network.isEmpty {
      annotations["k8s.v1.cni.cncf.io/network-status"] =
        #"[{"name":"\#(network)","interface":"lhnet1","ips":["192.168.0.\#(index + 1)"]}]"#
    }
    return [
      "apiVersion": "v1", "kind": "Pod",
      "metadata": [
        "name": "instance-manager-\(index)", "namespace": "longhorn-system", "annotations": annotations,
        "labels": ["longhorn.io/component": "instance-manager"],
      ] as Object,
      "spec": ["nodeName": nodes[index]],
      "status": ["phase": "Running", "conditions": condition("Ready")] as Object,
    ]
  }

  public func addMachine(_ reference: String, _ strategy: String, uid: String? = nil) {
    let parts = reference.split(separator: "/").map(String.init)
    started[reference] = true
    put(
      [
        "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine",
        "metadata": ["name": parts[1], "namespace": parts[0], "uid": uid ?? "uid-\(parts[1])"],
        "spec": ["runStrategy": strategy], "status": ["printableStatus": "Running"],
      ], at: Self.machinePath(reference))
    addInstance(reference, phase: "Running")
  }

  func addInstance(_ reference: String, phase: String) {
    let parts = reference.split(separator: "/").map(String.init)
    put(
      [
        "apiVersion": "kubevirt.io/v1", "kind": "VirtualMachineInstance",
        "metadata": ["name": parts[1], "namespace": parts[0]], "status": ["phase": phase],
      ], at: Self.instancePath(reference))
    put(
      [
        "apiVersion": "longhorn.io/v1beta2", "kind": "Volume",
        "metadata": ["name": "pvc-\(parts[1])", "namespace": "longhorn-system"],
        "status": [
          "state": "attached", "currentNodeID": Self.nodes[0],
          "kubernetesStatus": [
            "namespace": parts[0], "pvcName": parts[1],
            "workloadsStatus": [["podName": "virt-launcher-\(parts[1])-x", "workloadType": "VirtualMachineInstance"]],
          ] as Object,
        ] as Object,
      ], at: Self.volumePath(reference))
  }
}
