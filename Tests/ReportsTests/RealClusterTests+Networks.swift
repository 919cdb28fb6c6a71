@testable import Reports

// Leftover definitions, and the networks of Longhorn's pods.
extension `Real clusters` {
  /// Definitions that no setting of Harvester names.
  static let leftovers = [
    Row(
      "left behind, and nothing names it", isVerified: true,
      contains: [
        "kubectl -n harvester-system delete network-attachment-definitions.k8s.cni.cncf.io storagenetwork-old"
      ],
      omits: []
    ) { $0.definitions["storagenetwork-old"] = .init(range: "10.9.0.0/24") },
    Row("the value was emptied during a change: Longhorn and the pods name the first definition") { cluster in
      cluster.definitions["storagenetwork-b"] = .init(range: "192.168.7.0/24")
      cluster.apply(
        #"{"vlan":100,"clusterNetwork":"storage","range":"192.168.7.0/24"}"#, definition: "storagenetwork-b")
      cluster.apply("", definition: nil)
      cluster.setMessage("waiting for all volumes detached: pvc-a")
    },
    Row("disabled, and a pod still names it", omits: ["delete"]) { cluster in
      cluster.apply("", definition: nil)
      cluster.previousDefinition = ""
      cluster.complete()
      cluster.longhorn = ""
      cluster.isApplied = false
    },
    Row("a pod asks for it", isVerified: true, omits: ["delete"]) { cluster in
      cluster.definitions["storagenetwork-old"] = .init(range: "10.9.0.0/24")
      cluster.pods.append(
        .init(
          name: "longhorn-csi-plugin-0", node: "harvester-node-0", component: "csi-plugin",
          requested: "kube-system/x, harvester-system/storagenetwork-old@lhnet2"))
    },
    Row("a pod asks for it in JSON", isVerified: true, omits: ["delete"]) { cluster in
      cluster.definitions["storagenetwork-old"] = .init(range: "10.9.0.0/24")
      cluster.pods.append(
        .init(
          name: "longhorn-csi-plugin-0", node: "harvester-node-0", component: "csi-plugin",
          requested: #"[{"namespace":"harvester-system","name":"storagenetwork-old","interface":"lhnet2"}]"#))
    },
    Row("a setting of Longhorn names it", isVerified: true, omits: ["delete"]) { cluster in
      cluster.definitions["storagenetwork-old"] = .init(range: "10.9.0.0/24")
      cluster.longhornSettings["endpoint-network-for-rwx-volume"] = ("harvester-system/storagenetwork-old", true)
    },
    Row("the copy of the current definition for static addresses", isVerified: true, omits: ["delete"]) {
      $0.definitions["storagenetwork-a-static"] = .init(range: "10.9.0.0/24")
    },
    Row(
      "a pod of another namespace has an address of it", isVerified: true,
      contains: ["pods may use it still: default/web"],
      omits: ["delete"]
    ) { cluster in
      cluster.definitions["storagenetwork-old"] = .init()
      cluster.allocations = Dictionary(
        uniqueKeysWithValues: cluster.pods.enumerated().map { (10 + $0.offset, "longhorn-system/\($0.element.name)") })
      cluster.allocations?[99] = "default/web"
    },
  ]

  /// Pods on other networks than the setting's.
  static let pods = [
    Row(
      "disabled and Completed, before Longhorn has restarted a pod", contains: ["6 pods have yet to move"]
    ) { cluster in
      cluster.apply("", definition: nil)
      cluster.previousDefinition = ""
      cluster.complete()
      cluster.longhorn = ""
      cluster.isApplied = false
    },
    Row(
      "the same, while Longhorn still reports the previous value as applied",
      contains: ["6 pods have yet to move", wait]
    ) {
      $0.apply("", definition: nil)
      $0.previousDefinition = ""
      $0.complete()
      $0.longhorn = ""
    },
    Row(
      "one pod stayed behind", broken: [.podsAttached],
      contains: ["detach every volume, then kubectl -n longhorn-system delete pod instance-manager-1"], omits: []
    ) { $0.pods[2].network = "harvester-system/storagenetwork-old" },
    Row(
      "one pod stayed behind, and Harvester waits for its address", broken: [.podsAttached],
      contains: ["delete pod instance-manager-1"], omits: []
    ) { cluster in
      cluster.pods[2].network = ""
      cluster.setMessage("IP allocation failure for Longhorn Pods")
    },
    Row("Harvester v1.2, no pod has been restarted", contains: ["0 of 6 pods have followed", wait]) { cluster in
      cluster.isApplied = nil
      for index in cluster.pods.indices { cluster.pods[index].network = "" }
    },
    Row("Harvester v1.2, half of the pods have been restarted", contains: ["3 of 6 pods have followed", wait]) {
      cluster in
      cluster.isApplied = nil
      for index in 0..<3 { cluster.pods[index].network = "" }
    },
    Row("Harvester v1.2, every pod has been restarted", isVerified: true, contains: ["Longhorn's pods have followed"]) {
      $0.isApplied = nil
    },
    Row("Longhorn's setting was changed by hand", broken: [.longhornConfigured], contains: ["6 pods have yet to move"])
    {
      $0.longhorn = "harvester-system/another"
      for index in $0.pods.indices { $0.pods[index].network = "harvester-system/another" }
    },
    Row("the CSI plugin shares the network", isVerified: true, contains: ["longhorn-csi-plugin-0"]) { cluster in
      cluster.isShared = true
      cluster.longhornSettings["endpoint-network-for-rwx-volume"] = (cluster.longhorn, true)
      cluster.pods.append(csi(on: cluster.longhorn))
    },
    Row(
      "a pod of the CSI plugin has no lhnet2", broken: [.podsAttached], contains: ["delete pod longhorn-csi-plugin-0"],
      omits: []
    ) {
      $0.isShared = true
      $0.longhornSettings["endpoint-network-for-rwx-volume"] = ($0.longhorn, true)
      $0.pods.append(csi(on: ""))
    },
    Row("the same where Longhorn's own setting shares (v1.8)", broken: [.podsAttached], omits: []) { cluster in
      cluster.longhornSettings["endpoint-network-for-rwx-volume"] = ("storage-network", true)
      cluster.pods.append(csi(on: ""))
    },
    Row("the same where Longhorn's own setting shares (v1.4 to v1.7)", broken: [.podsAttached], omits: []) {
      cluster in
      cluster.longhornSettings["storage-network-for-rwx-volume-enabled"] = ("true", nil)
      cluster.pods.append(csi(on: ""))
    },
    Row("Longhorn has not restarted the CSI plugin yet", contains: ["1 pod has yet to move"]) { cluster in
      cluster.isShared = true
      cluster.longhornSettings["endpoint-network-for-rwx-volume"] = (cluster.longhorn, false)
      cluster.pods.append(csi(on: ""))
    },
    Row("control: nothing is shared", isVerified: true, omits: ["csi-plugin"]) { cluster in
      cluster.longhornSettings["storage-network-for-rwx-volume-enabled"] = ("false", true)
      cluster.longhornSettings["endpoint-network-for-rwx-volume"] = ("", true)
      cluster.pods.append(csi(on: ""))
    },
    Row("control: the older setting was left behind by an upgrade", isVerified: true, omits: ["csi-plugin"]) {
      $0.longhornSettings["storage-network-for-rwx-volume-enabled"] = ("true", true)
      $0.longhornSettings["endpoint-network-for-rwx-volume"] = ("", true)
      $0.pods.append(csi(on: ""))
    },
    Row(
      "the address of a pod that is being deleted is allocated to the next one", contains: ["is being removed"],
      omits: ["twice"]
    ) {
      $0.pods.append(
        .init(
          name: "old", node: "harvester-node-0", network: $0.longhorn, address: "192.168.0.10", isBeingDeleted: true))
    },
    Row("a pod has an address before the pool is read again", contains: ["not yet in the pool"]) { cluster in
      cluster.setMessage("Restarting Pods")
      cluster.allocations = [:]
    },
    Row("control: when all is done, it is missing", broken: [.allocationsConsistent], omits: []) { cluster in
      cluster.allocations = [:]
    },
  ]

  private static func csi(on network: String) -> SimulatedCluster.Pod {
    .init(
      name: "longhorn-csi-plugin-0", node: "harvester-node-0", component: "csi-plugin", network: network,
      address: "192.168.0.40", interface: "lhnet2")
  }

  /// The allocatable addresses of the definition.
  static let definitions = [
    Row(
      "the definition is on another VLAN", broken: [.networkDefined],
      contains: ["storagenetwork-a is on storage, VLAN 200", "the setting has storage, VLAN 100"], omits: []
    ) { $0.definitions["storagenetwork-a"]?.vlan = 200 },
    Row("control: VLAN 1 of an untagged storage network", isVerified: true) { cluster in
      cluster.apply(#"{"clusterNetwork":"storage","range":"192.168.0.0/24"}"#, definition: "storagenetwork-a")
      cluster.previousDefinition = ""
      cluster.complete()
      cluster.definitions["storagenetwork-a"]?.vlan = 1
    },
    Row(
      "it excludes more than the setting", isVerified: true, contains: ["hands out 251 addresses", "it excludes more"]
    ) {
      $0.definitions["storagenetwork-a"]?.exclusions = ["192.168.0.252/30"]
    },
    Row(
      "it excludes less than the setting", broken: [.networkDefined],
      from: SimulatedCluster(
        completedWith: SimulatedCluster.value.replacing("}", with: #","exclude":["192.168.0.0/29"]}"#))
    ) { _ in },
    Row("it is of another range", broken: [.networkDefined], contains: ["another range"]) {
      $0.definitions["storagenetwork-a"]?.range = "192.168.9.0/24"
    },
  ]
}
