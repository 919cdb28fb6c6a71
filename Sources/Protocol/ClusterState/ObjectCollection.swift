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

  /// Takes an object, or every object of a list; kinds that nobody asks for are passed over, and what has no name, since
  /// no API server has such an object.
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
    } else if !identity.name.name.isEmpty,
      let kind = identity.kind.isEmpty ? listKind : WatchedKind(group: identity.group, kind: identity.kind)
    {
      try put(object, of: kind, at: identity.name)
    }
  }

  /// Takes the object in place of the one that had its name.
  package mutating func put(
    _ object: Span<UInt8>, of kind: WatchedKind, at name: ObjectName
  ) throws(JSONError) {
    var reader = JSONReader(object)
    try Self.shelves[kind.rawValue].put(&self, name, &reader)
  }

  package mutating func remove(_ kind: WatchedKind, at name: ObjectName) {
    Self.shelves[kind.rawValue].remove(&self, name)
  }

  /// Takes over everything that another collection holds of a kind: a whole list, committed at once.
  package mutating func replace(_ kind: WatchedKind, from other: ObjectCollection) {
    Self.shelves[kind.rawValue].replace(&self, other)
  }
}

// Which table holds what of which kind.
extension ObjectCollection {
  /// Made once, because each object of a cluster asks for one.
  private static let shelves = WatchedKind.allCases.map(shelf)

  private static func shelf(of kind: WatchedKind) -> Shelf {
    switch kind {
    case .node: Shelf(\.nodes) { reader throws(JSONError) in try reader.readNode() }
    case .serviceCIDR: Shelf(\.serviceNetworks) { reader throws(JSONError) in try reader.readServiceNetworks() }
    case .customResourceDefinition:
      Shelf(\.definitions) { reader throws(JSONError) in try reader.readWhereaboutsDefinition() }
    case .persistentVolumeClaim: Shelf(\.systemVolumes) { reader throws(JSONError) in try reader.readSystemVolume() }
    case .setting: Shelf(\.settings) { reader throws(JSONError) in try reader.readSetting(with: .withNotes) }
    case .virtualMachineInstance:
      Shelf(\.runningInstances) { reader throws(JSONError) in try reader.readRunningInstance() }
    case .virtualMachineImage: Shelf(\.imageTransfers) { reader throws(JSONError) in try reader.readImageTransfer() }
    case .clusterNetwork: Shelf(\.clusterNetworks) { reader throws(JSONError) in try reader.readClusterNetwork() }
    case .vlanConfig: Shelf(\.vlanConfigs) { reader throws(JSONError) in try reader.readVLANConfig() }
    case .vlanStatus: Shelf(\.vlanStatuses) { reader throws(JSONError) in try reader.readVLANStatus() }
    case .networkAttachmentDefinition:
      Shelf(\.attachments) { reader throws(JSONError) in try reader.readNetworkAttachment() }
    case .addressPool: Shelf(\.addressPools) { reader throws(JSONError) in try reader.readAddressPool() }
    case .longhornNode: Shelf(\.longhornNodes) { reader throws(JSONError) in try reader.readLonghornNode() }
    case .longhornSetting: Shelf(\.longhornSettings) { reader throws(JSONError) in try reader.readLonghornSetting() }
    case .longhornVolume: Shelf(\.volumesInUse) { reader throws(JSONError) in try reader.readVolumeInUse() }
    case .longhornPod: Shelf(\.longhornPods) { reader throws(JSONError) in try reader.readLonghornPod() }
    case .backingImageDataSource:
      Shelf(\.dataSourceTransfers) { reader throws(JSONError) in try reader.readUnfinishedDataSource() }
    }
  }

  /// A table with all that is done to it.
  private struct Shelf: Sendable {
    let put: @Sendable (inout ObjectCollection, ObjectName, inout JSONReader) throws(JSONError) -> Void
    let remove: @Sendable (inout ObjectCollection, ObjectName) -> Void
    let replace: @Sendable (inout ObjectCollection, ObjectCollection) -> Void

    /// - Parameter read: Reduces an object to its fact; nil where no rule asks for it.
    init<Fact>(
      _ table: any WritableKeyPath<ObjectCollection, ObjectTable<Fact>> & Sendable,
      read: @escaping @Sendable (inout JSONReader) throws(JSONError) -> Fact?
    ) {
      put = { collection, name, reader throws(JSONError) in collection[keyPath: table][name] = try read(&reader) }
      remove = { collection, name in collection[keyPath: table][name] = nil }
      replace = { collection, other in collection[keyPath: table] = other[keyPath: table] }
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
