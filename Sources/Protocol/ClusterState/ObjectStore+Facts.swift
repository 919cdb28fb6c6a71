internal import Addressing
internal import KubeObjects
package import Rules

// The facts for the rules.
extension ObjectStore {
  /// The current facts. Mutating, because only what has changed is read from the tables.
  package var facts: ClusterFacts {
    mutating get {
      for group in FactGroup.allCases where !changedKinds.isDisjoint(with: group.kinds) { update(group) }
      changedKinds = []
      return lastFacts
    }
  }

  /// Facts that depend on the same kinds. A group may read the facts of those before it.
  enum FactGroup: CaseIterable {
    case machines, volumes, nodes, networks, transfers, hosts, pools, settings, longhorn

    var kinds: Set<WatchedKind> {
      switch self {
      case .machines: [.virtualMachine, .virtualMachineInstance]
      case .volumes: [.longhornVolume, .persistentVolumeClaim]
      case .nodes: [.node, .longhornNode, .clusterNetwork, .vlanConfig, .vlanStatus]
      case .networks: [.networkAttachmentDefinition, .serviceCIDR, .customResourceDefinition]
      case .transfers: [.virtualMachineImage, .backingImageDataSource]
      case .hosts: [.hostNetworkConfig, .dhcpPool, .virtualIP, .node]
      case .pools: [.addressPool, .addressReservation, .longhornPod]
      case .settings: [.setting]
      case .longhorn: [.longhornSetting, .longhornPod, .networkAttachmentDefinition]
      }
    }
  }

  private mutating func update(_ group: FactGroup) {
    switch group {
    case .machines: lastFacts.unstoppedMachines = machines.summary
    case .volumes: lastFacts.volumesInUse = volumes.summary
    case .nodes: updateNodes()
    case .networks:
      lastFacts.attachments = attachments.sorted
      lastFacts.serviceNetworks = serviceNetworks.sorted.flatMap { $0 }
      lastFacts.installedDefinitions = definitions.sorted
    case .transfers:
      lastFacts.imageTransfers = imageTransfers.sorted
      lastFacts.dataSourceTransfers = dataSourceTransfers.sorted
    case .hosts:
      lastFacts.hostNetworks = hostNetworks.sorted.map { $0.selecting(from: lastFacts.nodes) }
      lastFacts.dhcpPools = dhcpPools.sorted
      lastFacts.virtualAddress = virtualIPs.sorted.first
    case .pools:
      lastFacts.addressPools = addressPools.sorted
      lastFacts.reservations = ReservationFacts(
        pools: lastFacts.addressPools, reservations: addressReservations.sorted,
        longhornPods: longhornPods.sorted.map(\.addresses))
    case .settings: updateSettings()
    case .longhorn: updateLonghorn()
    }
  }

  private mutating func updateNodes() {
    lastFacts.nodes = nodes.sorted
    lastFacts.storage = StorageFact(nodes: lastFacts.nodes, longhornNodes: longhornNodes.sorted)
    lastFacts.clusterNetworks = ClusterNetworkFact.join(
      clusterNetworks.sorted, vlanConfigs.sorted, vlanStatuses.sorted, lastFacts.nodes)
  }

  private mutating func updateSettings() {
    lastFacts.storageNetwork = settings["storage-network"]
    lastFacts.serverVersion = settings["server-version"]?.effectiveText.map { String(decoding: $0, as: UTF8.self) }
    let otherSettingNetworks = [
      settings["vm-migration-network"]?.effectiveText.map(OtherSetting.vmMigrationNetwork),
      settings["rwx-network"]?.effectiveText.map(OtherSetting.rwxNetwork),
    ]
    lastFacts.rwxSharesStorageNetwork = false
    lastFacts.otherSettingNetworks = []
    lastFacts.unreadableSettings = []
    for network in otherSettingNetworks {
      switch network {
      case .sharesStorageNetwork?: lastFacts.rwxSharesStorageNetwork = true
      case .network(let network)?: lastFacts.otherSettingNetworks.append(network)
      case .unreadable(let setting)?: lastFacts.unreadableSettings.append(setting)
      case OtherSetting.none?, nil: break
      }
    }
  }

  private mutating func updateLonghorn() {
    func setting(_ name: String) -> LonghornSetting? {
      longhornSettings[NamespacedName(namespace: "longhorn-system", name: name)]
    }
    let storageNetwork = setting("storage-network")
    lastFacts.longhorn = LonghornNetworkFact(
      network: storageNetwork?.value, isApplied: storageNetwork?.isApplied,
      pods: longhornPods.sorted.compactMap(\.storage))
    lastFacts.v2DataEngineIsOn = setting("v2-data-engine")?.isTrue ?? false
    // From Harvester v1.8 on the second setting replaces the first, which may still exist.
    let isEnabled = setting("storage-network-for-rwx-volume-enabled")?.isTrue ?? false
    lastFacts.longhornSharesStorageNetwork =
      setting("endpoint-network-for-rwx-volume").map { endpoint in
        endpoint.value == "storage-network" || !endpoint.value.isEmpty && endpoint.value == storageNetwork?.value
          || lastFacts.attachments.contains { attachment in
            attachment.owner == .storageNetwork && "\(attachment.namespace)/\(attachment.name)" == endpoint.value
          }
      } ?? isEnabled
  }
}

extension ObjectTable<SettingObject> {
  fileprivate subscript(name: String) -> SettingObject? { self[NamespacedName(name: name)] }
}

extension SettingObject {
  /// The value or the default; nil if empty.
  fileprivate var effectiveText: [UInt8]? {
    guard case .text(let bytes) = effective, !bytes.isEmpty else { return nil }
    return bytes
  }
}
