import ClusterState
import Foundation
import Rules
import Snapshot

/// A large cluster: 1,000 nodes with 8 disks each, 10,000 virtual machines that are shut down, 1,000 images
/// and 10,000 detached volumes. Nothing violates a rule, so a rule that iterates over a list reaches its end.
enum LargeCluster {
  static let nodes = (0..<1_000).map { "node-\($0)" }

  static let change = Change.update(
    from: SettingObject(),
    to: SettingObject(
      value: .text(Array(#"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/16","exclude":[]}"#.utf8))))

  static func facts() throws -> ClusterFacts {
    let list = ["apiVersion": "v1", "kind": "List", "items": objects] as [String: Any]
    var snapshot = Snapshot()
    try snapshot.add(Array(try JSONSerialization.data(withJSONObject: list)), named: "large.json")
    return snapshot.objects.facts
  }

  private static var objects: [[String: Any]] { ofNodes + ofNetwork + ofWorkloads }

  private static var ofNodes: [[String: Any]] {
    nodes.enumerated().flatMap { index, name in
      let disks = Dictionary(uniqueKeysWithValues: (0..<8).map { ("disk-\($0)", ["path": "/var/lib/disk-\($0)"]) })
      return [
        object("v1", "Node", name, ["spec": ["podCIDRs": ["10.52.\(index % 256).0/24"]]]),
        object("longhorn.io/v1beta2", "Node", name, ["spec": ["disks": disks]]),
        object(
          "network.harvesterhci.io/v1beta1", "VlanStatus", "storage-\(name)",
          ["status": ["clusterNetwork": "storage", "node": name, "conditions": [["type": "ready", "status": "True"]]]]),
      ]
    }
  }

  private static var ofNetwork: [[String: Any]] {
    let matched = "[\(nodes.map { "\"\($0)\"" }.joined(separator: ","))]"
    var config = object(
      "network.harvesterhci.io/v1beta1", "VlanConfig", "storage", ["spec": ["clusterNetwork": "storage"]])
    config["metadata"] = ["name": "storage", "annotations": ["network.harvesterhci.io/matched-nodes": matched]]
    let definitions = ["ippools", "overlappingrangeipreservations"].map {
      object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "\($0).whereabouts.cni.cncf.io", [:])
    }
    let ready = ["conditions": [["type": "ready", "status": "True"]]]
    return definitions + [
      config, object("network.harvesterhci.io/v1beta1", "ClusterNetwork", "storage", ["status": ready]),
      object("harvesterhci.io/v1beta1", "Setting", "server-version", ["value": "v1.9.0"]),
    ]
  }

  private static var ofWorkloads: [[String: Any]] {
    (0..<10_000).flatMap { number in
      var objects = [
        object("kubevirt.io/v1", "VirtualMachineInstance", "vm-\(number)", ["status": ["phase": "Succeeded"]]),
        object("longhorn.io/v1beta2", "Volume", "volume-\(number)", ["status": ["state": "detached"]]),
      ]
      if number < 1_000 {
        let imported = ["conditions": [["type": "Imported", "status": "True"]]]
        objects.append(
          object("harvesterhci.io/v1beta1", "VirtualMachineImage", "image-\(number)", ["status": imported]))
      }
      return objects
    }
  }

  private static func object(_ version: String, _ kind: String, _ name: String, _ rest: [String: Any]) -> [String: Any]
  {
    rest.merging(["apiVersion": version, "kind": kind, "metadata": ["name": name, "namespace": "default"]]) { $1 }
  }
}
