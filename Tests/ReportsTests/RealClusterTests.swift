import Foundation
import Testing

@testable import Reports

/// States that operators of real clusters have met, and the expected output of `verify`.
@Suite struct `Real clusters` {
  /// A cluster, its verdict, and words that the output must and must not have.
  struct Row: CustomTestStringConvertible {
    var name: String
    var isVerified = false
    var broken: [Step] = []
    var contains: [String] = []
    var omits: [String] = ["delete"]
    var cluster: SimulatedCluster

    var testDescription: String { name }

    init(
      _ name: String, isVerified: Bool = false, broken: [Step] = [], contains: [String] = [],
      omits: [String] = ["delete"],
      from cluster: SimulatedCluster = SimulatedCluster(completedWith: SimulatedCluster.value),
      _ change: (inout SimulatedCluster) -> Void
    ) {
      (self.name, self.isVerified, self.broken) = (name, isVerified, broken)
      (self.contains, self.omits, self.cluster) = (contains, omits, cluster)
      change(&self.cluster)
    }
  }

  static let wait = "wait: Longhorn restarts"
  static let hash =
    "kubectl annotate settings.harvesterhci.io storage-network storage-network.settings.harvesterhci.io/hash-"

  @Test(arguments: missingObjects + sandboxes + annotations + leftovers + pods + definitions)
  func `the report of a real state is correct`(
    _ row: Row
  ) throws {
    let report = try row.cluster.report()
    #expect(report.isVerified == row.isVerified, "\(report.plainText)")
    #expect(report.steps.filter { $0.state == .failed }.map(\.step) == row.broken, "\(report.plainText)")
    let words = report.plainText.replacing(/\s+/, with: " ")
    for text in row.contains { #expect(words.contains(text), "missing \(text):\n\(report.plainText)") }
    for text in row.omits { #expect(!words.contains(text), "unexpected \(text):\n\(report.plainText)") }
    if !report.isVerified { #expect(report.percent < 100) }
  }

  /// Nodes without an instance manager, and the consequence.
  static let missingObjects = [
    Row(
      "a node in maintenance", isVerified: true,
      contains: [
        "harvester-node-1 is in maintenance; its instance manager comes when it is back", "verified: you can start",
      ]
    ) { cluster in
      cluster.nodes[1].maintenance = "completed"
      cluster.nodes[1].isCordoned = true
      cluster.pods.removeAll { $0.node == "harvester-node-1" }
    },
    Row("a node that is cordoned", isVerified: true, contains: ["harvester-node-1 is cordoned"]) { cluster in
      cluster.nodes[1].isCordoned = true
      cluster.pods.removeAll { $0.node == "harvester-node-1" }
    },
    Row("a cordoned node whose pods are current", isVerified: true, omits: ["cordoned"]) { cluster in
      cluster.nodes[1].isCordoned = true
    },
    Row("an outdated pod on a cordoned node", broken: [.podsAttached], omits: ["cordoned"]) {
      cluster in
      cluster.nodes[1].isCordoned = true
      cluster.pods[2].network = "harvester-system/storagenetwork-old"
    },
    Row("a node that is unreachable", isVerified: true, contains: ["harvester-node-1 is not Ready"]) { cluster in
      cluster.nodes[1].isReady = "Unknown"
      cluster.uplinks["harvester-node-1"] = "no response"
      cluster.pods[2].isReady = false
      cluster.pods[3].isBeingDeleted = true
    },
    Row("a node that is not Ready, with its pod on the old network", isVerified: true, contains: ["is not Ready"]) {
      cluster in
      cluster.nodes[1].isReady = "False"
      cluster.pods[2].network = "harvester-system/storagenetwork-old"
    },
    Row(
      "control: a node that is Ready has no instance manager",
      contains: ["no instance manager runs on harvester-node-1"]
    ) {
      $0.pods.removeAll { $0.node == "harvester-node-1" }
    },
    Row("no node is known", contains: ["no node is known"], omits: ["verified: you", "100 %"]) { cluster in
      cluster.nodes = []
    },
    Row(
      "Harvester v1.6 waits for a witness", isVerified: true,
      contains: [
        "Harvester counts 4 nodes and sees 3 addresses; witness harvester-witness needs none (harvester#9325",
        "all pods have an address", "you can start your virtual machines",
      ], omits: ["delete", "larger"]
    ) { cluster in
      cluster.version = "v1.6.0"
      cluster.nodes.append(.init(name: "harvester-witness", isWitness: true))
      cluster.pods.removeAll { $0.component != "instance-manager" }
      cluster.setMessage("IP allocation failure for Longhorn Pods")
    },
    Row("control: v1.7 does not count the witness and retries", omits: ["9325", "larger"]) { cluster in
      cluster.version = "v1.7.0"
      cluster.nodes.append(.init(name: "harvester-witness", isWitness: true))
      cluster.pods.removeAll { $0.component != "instance-manager" }
      cluster.setMessage("IP allocation failure for Longhorn Pods")
    },
    Row(
      "Harvester v1.8 waits for a node that is unavailable", isVerified: true,
      contains: ["harvester-node-2 is not Ready, and this Harvester waits for it (harvester#9375)"],
      omits: ["delete", "larger"]
    ) { cluster in
      cluster.version = "v1.8.0"
      cluster.nodes[2].isReady = "Unknown"
      cluster.pods.removeAll { $0.node == "harvester-node-2" || $0.component != "instance-manager" }
      cluster.setMessage("IP allocation failure for Longhorn Pods")
    },
    Row("control: it waits for a pod that has yet to move", contains: ["has yet to move"], omits: ["9325", "larger"]) {
      $0.version = "v1.6.0"
      $0.nodes.append(.init(name: "harvester-witness", isWitness: true))
      $0.isApplied = false
      $0.pods.removeAll { $0.component != "instance-manager" }
      $0.pods[0].network = ""
      $0.setMessage("IP allocation failure for Longhorn Pods")
    },
    Row(
      "the range is exhausted while Harvester waits", broken: [.addressesAvailable],
      contains: ["empty the value first, wait until that is done, then set the larger range"]
    ) { cluster in
      cluster.setMessage("IP allocation failure for Longhorn Pods")
      cluster.pods[0].network = ""
      cluster.pods[0].isReady = false
      cluster.pods[0].phase = "Pending"
      cluster.events = [("instance-manager-0", "FailedCreatePodSandBox", "Could not allocate IP in range: ip: x", "")]
    },
  ]

  private static func pending(_ message: String, _ reason: String = "FailedCreatePodSandBox") -> (
    inout SimulatedCluster
  )
    -> Void
  {
    { cluster in
      cluster.pods[2].network = ""
      cluster.pods[2].isReady = false
      cluster.pods[2].phase = "Pending"
      cluster.events = [
        ("instance-manager-1", reason, "failed to reserve sandbox name", "2026-01-01T00:00:00Z"),
        ("instance-manager-1", reason, message, "2026-01-01T00:00:09Z"),
        ("instance-manager-1", "Scheduled", "assigned", "2026-01-01T00:00:20Z"),
      ]
    }
  }

  private static let multus =
    #"Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "x": plugin type="multus" name="multus-cni-network" failed (add): "#

  /// Pods that fail to start in a network plugin.
  static let sandboxes = [
    Row(
      "no bridge on the node", broken: [.podsAttached],
      contains: [
        #"instance-manager-1 on harvester-node-1 is not ready (Pending): failed to lookup "storage-br": Link not found"#,
        "the bridge of the cluster network is not on this node",
      ], omits: ["multus", "sandbox", "delete"],
      pending(
        multus
          + #"[a/b:s]: error adding container to network "storagenetwork-a": failed to lookup "storage-br": Link not found"#
      )),
    Row(
      "no bridge on the node, and its VlanStatus has the reason", broken: [.uplinksAreUp, .podsAttached],
      contains: ["Link not found; storage is not up on harvester-node-1: ens4: no such device"]
    ) { cluster in
      pending(multus + #"error adding container to network "s": failed to lookup "storage-br": Link not found"#)(
        &cluster)
      cluster.uplinks["harvester-node-1"] = "ens4: no such device"
    },
    Row(
      "an uplink that is down under pods that have addresses", broken: [.uplinksAreUp],
      contains: ["storage is up on 2 of 3 nodes", "storage is not up on harvester-node-1: ens4: no such device"]
    ) { $0.uplinks["harvester-node-1"] = "ens4: no such device" },
    Row("a node without a VlanStatus", isVerified: true, contains: ["no VlanStatus on harvester-node-1"]) {
      $0.uplinks["harvester-node-1"] = nil
    },
    Row("a snapshot without VlanStatuses", isVerified: true, contains: ["no VlanStatus of storage is known"]) {
      $0.uplinks = [:]
    },
    Row(
      "no definition for the plugin", broken: [.podsAttached],
      contains: ["cannot find a network-attachment-definition (storagenetwork-a) in namespace (harvester-system)"],
      pending(multus + "cannot find a network-attachment-definition (storagenetwork-a) in namespace (harvester-system)")
    ),
    Row(
      "no plugin on the node", broken: [.podsAttached],
      contains: [
        #"failed to find plugin "whereabouts" in path [/opt/cni/bin]"#, "kubectl -n kube-system get pods -o wide",
      ],
      pending(multus + #"failed to find plugin "whereabouts" in path [/opt/cni/bin]"#)),
    Row(
      "a temporary failure is quoted too", contains: ["is not ready (Pending): no space left on device"],
      pending("no space left on device")),
    Row(
      "what has failed for minutes does not pass", broken: [.podsAttached],
      contains: ["instance-manager-1 on harvester-node-1 is not ready (Pending): no space left on device"]
    ) { cluster in
      pending("no space left on device")(&cluster)
      cluster.eventCount = 10
    },
    Row(
      "an image that cannot be pulled", contains: ["Back-off pulling image"],
      pending("Back-off pulling image", "BackOff")),
    Row("control: events of a running pod are ignored", isVerified: true, omits: ["Link not found"]) {
      $0.events = [("instance-manager-1", "FailedCreatePodSandBox", "Link not found", "")]
    },
  ]

  /// Lost annotations, and a controller that is stuck.
  static let annotations = [
    Row(
      "net-attach-def is missing", broken: [.networkDefined], contains: [hash, "remove the hash as well"],
      omits: ["delete", "not made one yet", "yet to make"]
    ) { cluster in
      cluster.definition = ""
      cluster.longhorn = ""
      for index in cluster.pods.indices { cluster.restartPod(index) }
    },
    Row("net-attach-def is missing, before Harvester acts", broken: [.networkDefined], contains: [hash]) { cluster in
      cluster.definition = nil
      cluster.setMessage("waiting for all volumes detached: pvc-a")
    },
    Row("control: the hash is missing too, and Harvester applies the value", contains: ["not applied the value yet"]) {
      cluster in
      cluster.definition = nil
      cluster.hash = nil
    },
    Row(
      "the definition in use was deleted", broken: [.networkDefined],
      contains: ["harvester-system/storagenetwork-a does not exist", "write the value again"]
    ) { $0.definitions = [:] },
    Row(
      "the definition in use is the former one", broken: [.networkDefined],
      contains: ["old-net-attach-def=", "Harvester is about to delete harvester-system/storagenetwork-a"],
      omits: ["kubectl -n"]
    ) { $0.previousDefinition = $0.definition },
    Row(
      "all annotations are lost with an empty value", broken: [.settingApplied, .longhornConfigured],
      contains: [
        "Longhorn still has harvester-system/storagenetwork-a", "storage-network.settings.harvesterhci.io/hash=lost",
      ],
      omits: ["nothing to apply", "delete"]
    ) { cluster in
      cluster.value = ""
      (cluster.hash, cluster.definition, cluster.previousDefinition, cluster.condition) = (nil, nil, nil, nil)
    },
    Row("control: no annotation, and Longhorn has no network", isVerified: true, from: SimulatedCluster()) { _ in },
    Row(
      "the value was emptied at create NAD", broken: [.settingApplied],
      contains: [
        "Harvester is stuck",
        #"kubectl patch settings.harvesterhci.io storage-network --type merge -p '{"status":{"conditions":[{"type":"configured","status":"False","reason":"In Progress","message":"retry"}]}}'"#,
      ]
    ) { cluster in
      cluster.setMessage("create NAD")
      cluster.value = ""
    },
    Row("the value was changed at create NAD", broken: [.settingApplied], contains: ["kubectl patch"]) { cluster in
      cluster.setMessage("create NAD")
      cluster.value = #"{"vlan":7,"clusterNetwork":"storage","range":"192.168.9.0/24"}"#
    },
    Row(
      "control: the message was changed, too", contains: ["not applied the value yet"],
      omits: ["stuck", "kubectl patch"]
    ) {
      $0.setMessage("retry")
      $0.value = ""
    },
    Row("control: create NAD with the recorded value", contains: ["makes the network definition"], omits: ["stuck"]) {
      $0.setMessage("create NAD")
    },
    Row(
      "the default is not in force", isVerified: true,
      contains: ["No storage network", "the default is never in force"],
      from: SimulatedCluster()
    ) {
      $0.default = SimulatedCluster.value
    },
  ]
}
