import Foundation
import Rules
import Testing

@testable import ClusterState
@testable import Reports

/// A Harvester cluster whose objects change as by Harvester's controller, Longhorn and Whereabouts.
struct SimulatedCluster {
  struct Node {
    var name: String
    var isReady = "True"
    var isWitness = false
    var isCordoned = false
    var maintenance: String?
  }

  struct Definition {
    var range = "192.168.0.0/24"
    var vlan = 100
    var exclusions: [String] = []
  }

  struct Pod {
    var name: String
    var node: String
    var component = "instance-manager"
    /// The name of its definition, and its address there.
    var network = ""
    var address = ""
    var interface = "lhnet1"
    var requested = ""
    var isReady = true
    var phase = "Running"
    var isBeingDeleted = false
  }

  struct Workload {
    var replicas = 1
    var ready = 1
    var kept: Int?
  }

  static let value = #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.0.0/24"}"#
  private static let prefix = "storage-network.settings.harvesterhci.io/"

  var nodes = (0..<3).map { Node(name: "harvester-node-\($0)") }
  var version = "v1.9.0"
  var value = ""
  var `default` = ""
  var hash: String?
  var definition: String?
  var previousDefinition: String?
  var condition: (status: String, reason: String, message: String)?
  var definitions: [String: Definition] = [:]
  var longhorn = ""
  var isApplied: Bool? = true
  var longhornSettings: [String: (value: String, isApplied: Bool?)] = [:]
  var pods: [Pod] = []
  /// Instead of the reservations that follow from the pods; each with its pod.
  var allocations: [Int: String]?
  var uplinks: [String: String] = [:]
  var events: [(pod: String, reason: String, message: String, last: String)] = []
  /// The number of their occurrences.
  var eventCount = 2
  var workload = Workload()
  var isShared = false

  init() {
    pods = nodes.enumerated().flatMap { index, node in
      ["instance-manager", "backing-image-manager"].map {
        Pod(name: "\($0)-\(index)", node: node.name, component: $0)
      }
    }
    uplinks = Dictionary(uniqueKeysWithValues: nodes.map { ($0.name, "") })
  }

  /// With this value applied everywhere.
  init(completedWith value: String, definition name: String = "storagenetwork-a", _ definition: Definition = .init()) {
    self.init()
    definitions[name] = definition
    apply(value, definition: name)
    condition = ("True", "Completed", "")
    configureLonghorn()
    for index in pods.indices { restartPod(index) }
  }
}

// Writes of the controllers.
extension SimulatedCluster {
  /// Harvester records the value: hash, definition and previous definition in one update.
  mutating func apply(_ value: String, definition name: String?) {
    self.value = value
    hash = ValueHash(of: Array(value.utf8)).description
    previousDefinition = definition ?? ""
    definition = name.map { "harvester-system/\($0)" } ?? ""
  }

  mutating func setMessage(_ message: String) { condition = ("False", "In Progress", message) }

  mutating func complete() { condition = ("True", "Completed", "") }

  mutating func configureLonghorn() { longhorn = definition ?? "" }

  mutating func stopWorkloads() { workload = Workload(replicas: 0, ready: 0, kept: 1) }

  /// Longhorn restarts a pod on its setting's network.
  mutating func restartPod(_ index: Int) {
    pods[index].network = longhorn
    pods[index].address = ""
    if let name = longhorn.split(separator: "/").last, let range = definitions[String(name)]?.range {
      pods[index].address = range.replacing(/\.0\/\d+$/, with: ".\(10 + index)")
    }
  }
}

// The objects of the API server.
extension SimulatedCluster {
  /// The input of `verify`, as a snapshot and as a list of the API server.
  func report(_ location: SourceLocation = #_sourceLocation) throws -> VerifyReport {
    var snapshot = VerifySnapshot()
    var living = VerifySnapshot()
    for object in objects {
      let bytes = Array(try JSONSerialization.data(withJSONObject: object))
      try snapshot.add(bytes.span)
      let identity = try ObjectIdentity(of: bytes.span)
      for part in VerifySnapshot.parts where part.lists(identity) {
        try living.put(bytes.span, of: part, at: identity.name)
      }
    }
    let input = try #require(VerifyInput(snapshot.facts, snapshot.extraFacts), sourceLocation: location)
    let live = try #require(VerifyInput(living.facts, living.extraFacts), sourceLocation: location)
    #expect(input.report == live.report, sourceLocation: location)
    for input in [input, live] { try input.expectSameStatus(location) }
    return input.report
  }

  private var objects: [[String: Any]] {
    nodes.map(Self.object) + [setting, serverVersion, rwxNetwork] + definitions.map(Self.object)
      + [Self.longhornSetting("storage-network", longhorn, isApplied)]
      + longhornSettings.map { Self.longhornSetting($0.key, $0.value.value, $0.value.isApplied) }
      + pods.map(Self.object) + pool + uplinks.map(Self.uplink) + events.enumerated().map(event) + workloads
  }

  private static func object(of node: Node) -> [String: Any] {
    var metadata: [String: Any] = ["name": node.name]
    if node.isWitness { metadata["labels"] = ["node-role.harvesterhci.io/witness": "true"] }
    if let status = node.maintenance { metadata["annotations"] = ["harvesterhci.io/maintain-status": status] }
    return [
      "apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": ["unschedulable": node.isCordoned],
      "status": ["conditions": [["type": "Ready", "status": node.isReady]]],
    ]
  }

  private var setting: [String: Any] {
    let records = [("hash", hash), ("net-attach-def", definition), ("old-net-attach-def", previousDefinition)]
    var annotations: [String: String] = [:]
    for (name, text) in records { annotations[Self.prefix + name] = text }
    let conditions = condition.map {
      [["type": "configured", "status": $0.status, "reason": $0.reason, "message": $0.message]]
    }
    return [
      "apiVersion": "harvesterhci.io/v1beta1", "kind": "Setting",
      "metadata": ["name": "storage-network", "annotations": annotations], "value": value, "default": `default`,
      "status": ["conditions": conditions ?? []],
    ]
  }

  private var serverVersion: [String: Any] {
    [
      "apiVersion": "harvesterhci.io/v1beta1", "kind": "Setting", "metadata": ["name": "server-version"],
      "value": version,
    ]
  }

  private var rwxNetwork: [String: Any] {
    [
      "apiVersion": "harvesterhci.io/v1beta1", "kind": "Setting", "metadata": ["name": "rwx-network"],
      "value": isShared ? #"{"share-storage-network":true}"# : "",
    ]
  }

  private static func object(of definition: (key: String, value: Definition)) -> [String: Any] {
    let exclusions = definition.value.exclusions.map { "\"\($0)\"" }.joined(separator: ",")
    let ipam = #"{"type":"whereabouts","range":"\#(definition.value.range)","exclude":[\#(exclusions)]}"#
    return [
      "apiVersion": "k8s.cni.cncf.io/v1", "kind": "NetworkAttachmentDefinition",
      "metadata": [
        "name": definition.key, "namespace": "harvester-system", "annotations": [String(prefix.dropLast()): "true"],
      ],
      "spec": ["config": #"{"type":"bridge","bridge":"storage-br","vlan":\#(definition.value.vlan),"ipam":\#(ipam)}"#],
    ]
  }

  private static func longhornSetting(_ name: String, _ value: String, _ isApplied: Bool?) -> [String: Any] {
    var object: [String: Any] = [
      "apiVersion": "longhorn.io/v1beta2", "kind": "Setting",
      "metadata": ["name": name, "namespace": "longhorn-system"], "value": value,
    ]
    if let isApplied { object["status"] = ["applied": isApplied] }
    return object
  }

  private static func object(of pod: Pod) -> [String: Any] {
    var annotations: [String: String] = [:]
    if !pod.network.isEmpty {
      annotations["k8s.v1.cni.cncf.io/network-status"] =
        #"[{"name":"\#(pod.network)","interface":"\#(pod.interface)","ips":["\#(pod.address)"]}]"#
    }
    if !pod.requested.isEmpty { annotations["k8s.v1.cni.cncf.io/networks"] = pod.requested }
    let isCSI = pod.component == "csi-plugin"
    var metadata: [String: Any] = [
      "name": pod.name, "namespace": "longhorn-system", "annotations": annotations,
      "labels": isCSI ? ["app": "longhorn-csi-plugin"] : ["longhorn.io/component": pod.component],
    ]
    if pod.isBeingDeleted { metadata["deletionTimestamp"] = "2026-01-01T00:00:00Z" }
    return [
      "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": ["nodeName": pod.node],
      "status": [
        "phase": pod.phase, "conditions": [["type": "Ready", "status": pod.isReady ? "True" : "False"]],
      ],
    ]
  }

  private var pool: [[String: Any]] {
    guard let name = definition?.split(separator: "/").last, let range = definitions[String(name)]?.range else {
      return []
    }
    let held = pods.filter { $0.network == definition && !$0.address.isEmpty }.map { pod in
      (Int(pod.address.split(separator: ".")[3]) ?? 0, "longhorn-system/\(pod.name)")
    }
    let entries = (allocations.map(Array.init) ?? held).map { ("\($0.0)", ["podref": $0.1, "ifname": "lhnet1"]) }
    return [
      [
        "apiVersion": "whereabouts.cni.cncf.io/v1alpha1", "kind": "IPPool",
        "metadata": ["name": range.replacing("/", with: "-"), "namespace": "kube-system"],
        "spec": ["range": range, "allocations": Dictionary(entries) { $1 }] as [String: Any],
      ]
    ]
  }

  /// - Parameter uplink: A node and the error of its uplink; nil if it is up.
  private static func uplink(_ uplink: (key: String, value: String)) -> [String: Any] {
    [
      "apiVersion": "network.harvesterhci.io/v1beta1", "kind": "VlanStatus",
      "metadata": ["name": "storage-\(uplink.key)"],
      "status": [
        "clusterNetwork": "storage", "node": uplink.key,
        "conditions": [
          ["type": "ready", "status": uplink.value.isEmpty ? "True" : "False", "message": uplink.value]
        ],
      ],
    ]
  }

  private func event(
    _ row: (offset: Int, element: (pod: String, reason: String, message: String, last: String))
  ) -> [String: Any] {
    [
      "apiVersion": "v1", "kind": "Event", "metadata": ["name": "e.\(row.offset)", "namespace": "longhorn-system"],
      "involvedObject": ["kind": "Pod", "namespace": "longhorn-system", "name": row.element.pod],
      "reason": row.element.reason, "message": row.element.message, "count": eventCount,
      "lastTimestamp": row.element.last,
    ]
  }

  private var workloads: [[String: Any]] {
    var metadata: [String: Any] = ["name": "rancher-monitoring-grafana", "namespace": "cattle-monitoring-system"]
    if let kept = workload.kept { metadata["annotations"] = [Self.prefix + "replica": "\(kept)"] }
    return [
      [
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": ["replicas": workload.replicas],
        "status": ["readyReplicas": workload.ready],
      ]
    ]
  }
}

extension VerifyReport {
  /// Every line of the output.
  var plainText: String { text(for: .plain) }

  func state(of step: Step) -> StepReport.State? { steps.first { $0.step == step }?.state }
}

extension VerifySnapshot.Part {
  fileprivate func lists(_ object: ObjectIdentity) -> Bool {
    resource.group == object.group && resource.kind == object.kind
      && (resource.namespace ?? object.name.namespace) == object.name.namespace
  }
}
