package import JSON
internal import KubeObjects
package import Rules

/// The objects of a cluster, each reduced to the facts that some rule asks for: one table a watched kind.
package struct ObjectCollection: Sendable {
  private var nodes = ObjectTable<NodeFact>()
  private var serviceNetworks = ObjectTable<[ServiceNetworkFact]>()
  private var definitions = ObjectTable<String>()
  private var systemVolumes = ObjectTable<String>()
  private var settings = ObjectTable<SettingObject>()
  private var runningInstances = ObjectTable<InstanceFact>()
  private var imageTransfers = ObjectTable<ImageTransferFact>()
  private var clusterNetworks = ObjectTable<ClusterNetworkCondition>()
  private var vlanConfigs = ObjectTable<VLANConfigFact>()
  private var vlanStatuses = ObjectTable<VLANStatusFact>()
  private var attachments = ObjectTable<NetworkAttachmentFact>()
  private var addressPools = ObjectTable<AddressPoolFact>()
  private var longhornNodes = ObjectTable<LonghornNodeFact>()
  private var longhornSettings = ObjectTable<LonghornSetting>()
  private var volumesInUse = ObjectTable<VolumeFact>()
  private var longhornPods = ObjectTable<LonghornPodFact>()
  private var dataSourceTransfers = ObjectTable<DataSourceFact>()

  package init() {}

  /// Takes an object, or every object of a list; kinds that nobody asks for are passed over.
  ///
  /// Of two objects with the same name the latter counts.
  package mutating func add(_ object: Span<UInt8>) throws(JSONError) {
    try add(object, listedAs: nil)
  }

  /// - Parameter listKind: The kind of the elements by the list's own words: in a `NodeList` as the API server writes it,
  ///   the elements do not say what they are.
  private mutating func add(_ object: Span<UInt8>, listedAs listKind: WatchedKind?) throws(JSONError) {
    let identity = try ObjectIdentity(of: object)
    if let items = identity.items {
      let elementKind = WatchedKind(group: identity.group, kind: String(identity.kind.dropLast("List".count)))
      let list = object.extracting(items)
      var reader = JSONReader(list)
      try reader.readElements { reader throws(JSONError) in
        try add(list.extracting(try reader.skip()), listedAs: elementKind)
      }
    } else if let kind = identity.kind.isEmpty ? listKind : WatchedKind(group: identity.group, kind: identity.kind) {
      try put(object, of: kind, at: identity.name)
    }
  }

  /// Takes the object in place of the one that had its name.
  package mutating func put(
    _ object: Span<UInt8>, of kind: WatchedKind, at name: ObjectName
  ) throws(JSONError) {
    var reader = JSONReader(object)
    switch kind {
    case .node: nodes[name] = try reader.readNode()
    case .serviceCIDR: serviceNetworks[name] = try reader.readServiceNetworks()
    case .customResourceDefinition: definitions[name] = try reader.readWhereaboutsDefinition()
    case .persistentVolumeClaim: systemVolumes[name] = try reader.readSystemVolume()
    case .setting: settings[name] = try reader.readSetting(with: .withNotes)
    case .virtualMachineInstance: runningInstances[name] = try reader.readRunningInstance()
    case .virtualMachineImage: imageTransfers[name] = try reader.readImageTransfer()
    case .clusterNetwork: clusterNetworks[name] = try reader.readClusterNetwork()
    case .vlanConfig: vlanConfigs[name] = try reader.readVLANConfig()
    case .vlanStatus: vlanStatuses[name] = try reader.readVLANStatus()
    case .networkAttachmentDefinition: attachments[name] = try reader.readNetworkAttachment()
    case .addressPool: addressPools[name] = try reader.readAddressPool()
    case .longhornNode: longhornNodes[name] = try reader.readLonghornNode()
    case .longhornSetting: longhornSettings[name] = try reader.readLonghornSetting()
    case .longhornVolume: volumesInUse[name] = try reader.readVolumeInUse()
    case .longhornPod: longhornPods[name] = try reader.readLonghornPod()
    case .backingImageDataSource: dataSourceTransfers[name] = try reader.readUnfinishedDataSource()
    }
  }

  package mutating func remove(_ kind: WatchedKind, at name: ObjectName) {
    switch kind {
    case .node: nodes[name] = nil
    case .serviceCIDR: serviceNetworks[name] = nil
    case .customResourceDefinition: definitions[name] = nil
    case .persistentVolumeClaim: systemVolumes[name] = nil
    case .setting: settings[name] = nil
    case .virtualMachineInstance: runningInstances[name] = nil
    case .virtualMachineImage: imageTransfers[name] = nil
    case .clusterNetwork: clusterNetworks[name] = nil
    case .vlanConfig: vlanConfigs[name] = nil
    case .vlanStatus: vlanStatuses[name] = nil
    case .networkAttachmentDefinition: attachments[name] = nil
    case .addressPool: addressPools[name] = nil
    case .longhornNode: longhornNodes[name] = nil
    case .longhornSetting: longhornSettings[name] = nil
    case .longhornVolume: volumesInUse[name] = nil
    case .longhornPod: longhornPods[name] = nil
    case .backingImageDataSource: dataSourceTransfers[name] = nil
    }
  }

  /// Takes over everything that another collection holds of a kind: a whole list, committed at once.
  package mutating func replace(_ kind: WatchedKind, from other: borrowing ObjectCollection) {
    switch kind {
    case .node: nodes = other.nodes
    case .serviceCIDR: serviceNetworks = other.serviceNetworks
    case .customResourceDefinition: definitions = other.definitions
    case .persistentVolumeClaim: systemVolumes = other.systemVolumes
    case .setting: settings = other.settings
    case .virtualMachineInstance: runningInstances = other.runningInstances
    case .virtualMachineImage: imageTransfers = other.imageTransfers
    case .clusterNetwork: clusterNetworks = other.clusterNetworks
    case .vlanConfig: vlanConfigs = other.vlanConfigs
    case .vlanStatus: vlanStatuses = other.vlanStatuses
    case .networkAttachmentDefinition: attachments = other.attachments
    case .addressPool: addressPools = other.addressPools
    case .longhornNode: longhornNodes = other.longhornNodes
    case .longhornSetting: longhornSettings = other.longhornSettings
    case .longhornVolume: volumesInUse = other.volumesInUse
    case .longhornPod: longhornPods = other.longhornPods
    case .backingImageDataSource: dataSourceTransfers = other.dataSourceTransfers
    }
  }
}

// What the rules are told.
extension ObjectCollection {
  /// The facts as they are now. Mutating, because lists that were put in order are kept for the next time.
  package var facts: ClusterFacts {
    mutating get {
      var facts = ClusterFacts()
      facts.nodes = nodes.ordered
      facts.storage = StorageFact(nodes: facts.nodes, longhornNodes: longhornNodes.ordered)
      facts.serviceNetworks = serviceNetworks.ordered.flatMap { $0 }
      facts.runningInstances = runningInstances.ordered
      facts.imageTransfers = imageTransfers.ordered
      facts.dataSourceTransfers = dataSourceTransfers.ordered
      let systemVolumes = Set(systemVolumes.ordered)
      facts.volumesInUse = volumesInUse.ordered.filter { !systemVolumes.contains($0.name) }
      facts.clusterNetworks = ClusterNetworkFact.join(
        clusterNetworks.ordered, vlanConfigs.ordered, vlanStatuses.ordered, facts.nodes)
      facts.attachments = attachments.ordered
      facts.addressPools = addressPools.ordered
      facts.installedDefinitions = definitions.ordered
      addSettings(to: &facts)
      addLonghorn(to: &facts)
      return facts
    }
  }

  private func addSettings(to facts: inout ClusterFacts) {
    facts.storageNetwork = settings["storage-network"]
    facts.serverVersion = settings["server-version"]?.effectiveText.map { String(decoding: $0, as: UTF8.self) }
    if let text = settings["vm-migration-network"]?.effectiveText,
      let network = NeighbourNetwork(setting: "vm-migration-network", text: text)
    {
      facts.neighbours.append(network)
    }
    switch settings["rwx-network"]?.effectiveText.map(RWXNetwork.init(text:)) ?? .none {
    case .sharesStorageNetwork: facts.rwxSharesStorageNetwork = true
    case .dedicated(let network): facts.neighbours.append(network)
    case .none: break
    }
  }

  private mutating func addLonghorn(to facts: inout ClusterFacts) {
    func setting(_ name: String) -> LonghornSetting? {
      longhornSettings[ObjectName(namespace: "longhorn-system", name: name)]
    }
    let storageNetwork = setting("storage-network")
    facts.longhorn = LonghornNetworkFact(
      network: storageNetwork?.value, isApplied: storageNetwork?.isApplied ?? true, pods: longhornPods.ordered)
    facts.v2DataEngineIsOn = setting("v2-data-engine")?.value == "true"
  }
}

/// Where an object is within its kind; a cluster-scoped one has an empty namespace.
package struct ObjectName: Hashable, Comparable, Sendable {
  package var namespace = ""
  package var name = ""

  package init(namespace: String = "", name: String = "") {
    self.namespace = namespace
    self.name = name
  }

  package static func < (left: Self, right: Self) -> Bool {
    (left.namespace, left.name) < (right.namespace, right.name)
  }
}

extension ObjectTable<SettingObject> {
  fileprivate subscript(name: String) -> SettingObject? { self[ObjectName(name: name)] }
}

extension SettingObject {
  fileprivate var effectiveText: [UInt8]? {
    guard case .text(let bytes) = effective else { return nil }
    return bytes
  }
}
