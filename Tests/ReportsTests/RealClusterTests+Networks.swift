@testable import Reports

// What lies around, and where Longhorn's pods are.
extension `Real clusters` {
  /// Definitions that no setting of Harvester names.
  static let leftovers = [
    Row(
      "left behind, and nothing names it", isVerified: true,
      says: ["kubectl -n harvester-system delete network-attachment-definitions.k8s.cni.cncf.io storagenetwork-old"],
      neverSays: []
    ) { $0.definitions["storagenetwork-old"] = .init(range: "10.9.0.0/24") },
    Row("a change was emptied while it waited: Longhorn and the pods name the first definition") { cluster in
      cluster.definitions["storagenetwork-b"] = .init(range: "192.168.7.0/24")
      cluster.take(#"{"vlan":100,"clusterNetwork":"storage","range":"192.168.7.0/24"}"#, as: "storagenetwork-b")
      cluster.take("", as: nil)
      cluster.say("waiting for all volumes detached: pvc-a")
    },
    Row("switched off, and a pod still names it", neverSays: ["delete"]) { cluster in
      cluster.take("", as: nil)
      cluster.previousDefinition = ""
      cluster.complete()
      cluster.longhorn = ""
      cluster.isApplied = false
    },
    Row("a pod asks for it", isVerified: true, neverSays: ["delete"]) { cluster in
      cluster.definitions["storagenetwork-old"] = .init(range: "10.9.0.0/24")
      cluster.pods.append(
        .init(
          name: "longhorn-csi-plugin-0", node: "harvester-node-0", component: "csi-plugin",
          requested: "kube-system/x, harvester-system/storagenetwork-old@lhnet2"))
    },
    Row("a pod asks for it in JSON", isVerified: true, neverSays: ["delete"]) { cluster in
      cluster.definitions["storagenetwork-old"] = .init(range: "10.9.0.0/24")
      cluster.pods.append(
        .init(
          name: "longhorn-csi-plugin-0", node: "harvester-node-0", component: "csi-plugin",
          requested: #"[{"namespace":"harvester-system","name":"storagenetwork-old","interface":"lhnet2"}]"#))
    },
    Row("a setting of Longhorn names it", isVerified: true, neverSays: ["delete"]) { cluster in
      cluster.definitions["storagenetwork-old"] = .init(range: "10.9.0.0/24")
      cluster.longhornSettings["endpoint-network-for-rwx-volume"] = ("harvester-system/storagenetwork-old", true)
    },
    Row("the twin of the present one for static addresses", isVerified: true, neverSays: ["delete"]) {
      $0.definitions["storagenetwork-a-static"] = .init(range: "10.9.0.0/24")
    },
    Row(
      "a pod of another namespace has an address of it", isVerified: true, says: ["pods may use it still: default/web"],
      neverSays: ["delete"]
    ) { cluster in
      cluster.definitions["storagenetwork-old"] = .init()
      cluster.allocations = Dictionary(
        uniqueKeysWithValues: cluster.pods.enumerated().map { (10 + $0.offset, "longhorn-system/\($0.element.name)") })
      cluster.allocations?[99] = "default/web"
    },
  ]

  /// Pods that are not where the setting wants them.
  static let pods = [
    Row(
      "switched off and Completed, before Longhorn has restarted anything", says: ["6 pods have yet to move"]
    ) { cluster in
      cluster.take("", as: nil)
      cluster.previousDefinition = ""
      cluster.complete()
      cluster.longhorn = ""
      cluster.isApplied = false
    },
    Row("the same, while Longhorn still says applied of the value before", says: ["6 pods have yet to move", wait]) {
      $0.take("", as: nil)
      $0.previousDefinition = ""
      $0.complete()
      $0.longhorn = ""
    },
    Row(
      "one pod stayed behind", broken: [.podsAttached],
      says: ["detach every volume, then kubectl -n longhorn-system delete pod instance-manager-1"], neverSays: []
    ) { $0.pods[2].network = "harvester-system/storagenetwork-old" },
    Row(
      "one pod stayed behind, and Harvester waits for its address", broken: [.podsAttached],
      says: ["delete pod instance-manager-1"], neverSays: []
    ) { cluster in
      cluster.pods[2].network = ""
      cluster.say("IP allocation failure for Longhorn Pods")
    },
    Row("Harvester v1.2, nothing has moved", says: ["0 of 6 pods have followed", wait]) { cluster in
      cluster.isApplied = nil
      for index in cluster.pods.indices { cluster.pods[index].network = "" }
    },
    Row("Harvester v1.2, half has moved", says: ["3 of 6 pods have followed", wait]) { cluster in
      cluster.isApplied = nil
      for index in 0..<3 { cluster.pods[index].network = "" }
    },
    Row("Harvester v1.2, all has moved", isVerified: true, says: ["Longhorn's pods have followed"]) {
      $0.isApplied = nil
    },
    Row("Longhorn's setting was changed by hand", broken: [.longhornConfigured], says: ["6 pods have yet to move"]) {
      $0.longhorn = "harvester-system/another"
      for index in $0.pods.indices { $0.pods[index].network = "harvester-system/another" }
    },
    Row("the CSI plugin shares the network", isVerified: true, says: ["longhorn-csi-plugin-0"]) { cluster in
      cluster.isShared = true
      cluster.longhornSettings["endpoint-network-for-rwx-volume"] = (cluster.longhorn, true)
      cluster.pods.append(csi(on: cluster.longhorn))
    },
    Row(
      "a pod of the CSI plugin has no lhnet2", broken: [.podsAttached], says: ["delete pod longhorn-csi-plugin-0"],
      neverSays: []
    ) {
      $0.isShared = true
      $0.longhornSettings["endpoint-network-for-rwx-volume"] = ($0.longhorn, true)
      $0.pods.append(csi(on: ""))
    },
    Row("the same where Longhorn's own setting shares (v1.8)", broken: [.podsAttached], neverSays: []) { cluster in
      cluster.longhornSettings["endpoint-network-for-rwx-volume"] = ("storage-network", true)
      cluster.pods.append(csi(on: ""))
    },
    Row("the same where Longhorn's own setting shares (v1.4 to v1.7)", broken: [.podsAttached], neverSays: []) {
      cluster in
      cluster.longhornSettings["storage-network-for-rwx-volume-enabled"] = ("true", nil)
      cluster.pods.append(csi(on: ""))
    },
    Row("Longhorn has not restarted the CSI plugin yet", says: ["1 pod has yet to move"]) { cluster in
      cluster.isShared = true
      cluster.longhornSettings["endpoint-network-for-rwx-volume"] = (cluster.longhorn, false)
      cluster.pods.append(csi(on: ""))
    },
    Row("control: nothing is shared", isVerified: true, neverSays: ["csi-plugin"]) { cluster in
      cluster.longhornSettings["storage-network-for-rwx-volume-enabled"] = ("false", true)
      cluster.longhornSettings["endpoint-network-for-rwx-volume"] = ("", true)
      cluster.pods.append(csi(on: ""))
    },
    Row("control: the older setting was left behind by an upgrade", isVerified: true, neverSays: ["csi-plugin"]) {
      $0.longhornSettings["storage-network-for-rwx-volume-enabled"] = ("true", true)
      $0.longhornSettings["endpoint-network-for-rwx-volume"] = ("", true)
      $0.pods.append(csi(on: ""))
    },
    Row(
      "the address of a pod on its way out is given to the next one", says: ["is being removed"], neverSays: ["twice"]
    ) {
      $0.pods.append(
        .init(
          name: "old", node: "harvester-node-0", network: $0.longhorn, address: "192.168.0.10", isBeingDeleted: true))
    },
    Row("a pod has an address before the pool is read again", says: ["not yet in the pool"]) { cluster in
      cluster.say("Restarting Pods")
      cluster.allocations = [:]
    },
    Row("control: when all is done, it is missing", broken: [.allocationsConsistent], neverSays: []) { cluster in
      cluster.allocations = [:]
    },
  ]

  private static func csi(on network: String) -> SimulatedCluster.Pod {
    .init(
      name: "longhorn-csi-plugin-0", node: "harvester-node-0", component: "csi-plugin", network: network,
      address: "192.168.0.40", interface: "lhnet2")
  }

  /// What the definition hands out.
  static let definitions = [
    Row(
      "the definition is on another VLAN", broken: [.networkDefined],
      says: ["storagenetwork-a is on storage, VLAN 200", "the setting says storage, VLAN 100"], neverSays: []
    ) { $0.definitions["storagenetwork-a"]?.vlan = 200 },
    Row("control: VLAN 1 of an untagged storage network", isVerified: true) { cluster in
      cluster.take(#"{"clusterNetwork":"storage","range":"192.168.0.0/24"}"#, as: "storagenetwork-a")
      cluster.previousDefinition = ""
      cluster.complete()
      cluster.definitions["storagenetwork-a"]?.vlan = 1
    },
    Row("it excludes more than the setting", isVerified: true, says: ["hands out 251 addresses", "it excludes more"]) {
      $0.definitions["storagenetwork-a"]?.exclusions = ["192.168.0.252/30"]
    },
    Row(
      "it excludes less than the setting", broken: [.networkDefined],
      from: SimulatedCluster(
        settledWith: SimulatedCluster.value.replacing("}", with: #","exclude":["192.168.0.0/29"]}"#))
    ) { _ in },
    Row("it is of another range", broken: [.networkDefined], says: ["another range"]) {
      $0.definitions["storagenetwork-a"]?.range = "192.168.9.0/24"
    },
  ]
}
