internal import Addressing
package import JSON
internal import KubeObjects
package import Rules

/// The objects of a cluster, each reduced to the facts that a rule uses: one table per watched kind.
package struct ObjectStore: Sendable {
  private var nodes = ObjectTable<NodeFact>()
  private var serviceNetworks = ObjectTable<[ServiceNetworkFact]>()
  private var definitions = ObjectTable<String>()
  private var systemVolumes = ObjectTable<String>()
  private var settings = ObjectTable<SettingObject>()
  /// The statuses alone: of ten thousand machines, their names once more would be a tenth of all memory.
  private var machineStatuses = ObjectTable<String>()
  private var runningInstances = ObjectTable<InstanceFact>()
  private var imageTransfers = ObjectTable<ImageTransferFact>()
  private var clusterNetworks = ObjectTable<ClusterNetworkCondition>()
  private var vlanConfigs = ObjectTable<VLANConfigFact>()
  private var vlanStatuses = ObjectTable<VLANStatusFact>()
  private var hostNetworks = ObjectTable<HostNetworkFact>()
  private var dhcpPools = ObjectTable<DHCPPoolFact>()
  private var virtualIPs = ObjectTable<IPv4Address>()
  private var attachments = ObjectTable<NetworkAttachmentFact>()
  private var addressPools = ObjectTable<AddressPoolFact>()
  private var addressReservations = ObjectTable<AddressPoolFact.Reservation>()
  private var longhornNodes = ObjectTable<LonghornNodeFact>()
  private var longhornSettings = ObjectTable<LonghornSetting>()
  private var volumesInUse = ObjectTable<VolumeFact>()
  private var longhornPods = ObjectTable<LonghornPodEntry>()
  private var dataSourceTransfers = ObjectTable<DataSourceFact>()

  /// The kinds with at least one complete list.
  private var listedKinds: Set<WatchedKind> = []

  package init() {}

  /// Adds an object, or every object of a list. Ignores unknown kinds, and objects without a name, which no API server
  /// has.
  ///
  /// Of two objects with the same name the last one counts.
  package mutating func add(_ object: Span<UInt8>) throws(JSONError) {
    try add(object, listedAs: nil)
  }

  /// - Parameter listKind: The kind of the elements, from the list: the API server omits `kind` in the elements of a
  ///   `NodeList`.
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

  /// Inserts the object, or replaces the one with the same name.
  package mutating func put(
    _ object: Span<UInt8>, of kind: WatchedKind, at name: ObjectName
  ) throws(JSONError) {
    var reader = JSONReader(object)
    try Self.accessors[kind.rawValue].put(&self, name, &reader)
  }

  /// Inserts or replaces an object of which only its status is read.
  mutating func put(status: String, of kind: WatchedKind, at name: ObjectName) {
    switch kind {
    case .virtualMachine: machineStatuses[name] = VirtualMachine.isStopped(status) ? nil : status
    case .virtualMachineInstance:
      runningInstances[name] =
        VirtualMachineInstance.isShutDown(status)
        ? nil : InstanceFact(namespace: name.namespace, name: name.name, phase: status)
    default: preconditionFailure("no other kind has a column for its status")
    }
  }

  package mutating func remove(_ kind: WatchedKind, at name: ObjectName) {
    Self.accessors[kind.rawValue].remove(&self, name)
  }

  /// Replaces all objects of a kind with those of another store: a complete list, committed at once.
  package mutating func replace(_ kind: WatchedKind, from other: ObjectStore) {
    Self.accessors[kind.rawValue].replace(&self, other)
    listedKinds.insert(kind)
  }
}

// Absent kinds.
extension ObjectStore {
  enum Absence {
    /// The evidence is not available yet.
    case unknown
    case proven
    /// The server has the kind.
    case refuted
  }

  /// Returns whether a kind with a 404 response is absent. Without a known node this is unknown.
  func absence(of kind: WatchedKind, by proof: WatchedKind.AbsenceProof, isUndiscovered: Bool) -> Absence {
    guard !nodes.isEmpty else { return .unknown }
    switch proof {
    case .discovery: return isUndiscovered ? .proven : .unknown
    case .definitions:
      guard listedKinds.contains(.customResourceDefinition) else { return .unknown }
      return definitions[ObjectName(name: kind.resource.name)] == nil ? .proven : .refuted
    }
  }

  /// Whether no node is known.
  package var isWithoutNodes: Bool { nodes.isEmpty }
}

// The table of each kind.
extension ObjectStore {
  /// Built once, because every object needs one.
  private static let accessors = WatchedKind.allCases.map(accessor)

  private static func accessor(of kind: WatchedKind) -> TableAccessor {
    switch kind {
    case .node: TableAccessor(\.nodes) { reader throws(JSONError) in try reader.readNode() }
    case .serviceCIDR: TableAccessor(\.serviceNetworks) { reader throws(JSONError) in try reader.readServiceNetworks() }
    case .customResourceDefinition:
      TableAccessor(\.definitions) { reader throws(JSONError) in try reader.readDefinitionName() }
    case .persistentVolumeClaim:
      TableAccessor(\.systemVolumes) { reader throws(JSONError) in try reader.readSystemVolume() }
    case .setting:
      TableAccessor(\.settings) { reader throws(JSONError) in try reader.readSetting() }
    case .virtualMachine:
      TableAccessor(\.machineStatuses) { reader throws(JSONError) in try reader.readStatusUnlessStopped() }
    case .virtualMachineInstance:
      TableAccessor(\.runningInstances) { reader throws(JSONError) in try reader.readRunningInstance() }
    case .virtualMachineImage:
      TableAccessor(\.imageTransfers) { reader throws(JSONError) in try reader.readImageTransfer() }
    case .clusterNetwork:
      TableAccessor(\.clusterNetworks) { reader throws(JSONError) in try reader.readClusterNetwork() }
    case .vlanConfig: TableAccessor(\.vlanConfigs) { reader throws(JSONError) in try reader.readVLANConfig() }
    case .vlanStatus: TableAccessor(\.vlanStatuses) { reader throws(JSONError) in try reader.readVLANStatus() }
    case .hostNetworkConfig:
      TableAccessor(\.hostNetworks) { reader throws(JSONError) in try reader.readHostNetworkConfig() }
    case .dhcpPool: TableAccessor(\.dhcpPools) { reader throws(JSONError) in try reader.readDHCPPool() }
    case .virtualIP: TableAccessor(\.virtualIPs) { reader throws(JSONError) in try reader.readVirtualIP() }
    case .networkAttachmentDefinition:
      TableAccessor(\.attachments) { reader throws(JSONError) in try reader.readNetworkAttachment() }
    case .addressPool: TableAccessor(\.addressPools) { reader throws(JSONError) in try reader.readAddressPool() }
    case .addressReservation:
      TableAccessor(\.addressReservations) { reader throws(JSONError) in try reader.readCommonReservation() }
    case .longhornNode: TableAccessor(\.longhornNodes) { reader throws(JSONError) in try reader.readLonghornNode() }
    case .longhornSetting:
      TableAccessor(\.longhornSettings) { reader throws(JSONError) in try reader.readLonghornSetting() }
    case .longhornVolume: TableAccessor(\.volumesInUse) { reader throws(JSONError) in try reader.readVolumeInUse() }
    case .longhornPod: TableAccessor(\.longhornPods) { reader throws(JSONError) in try reader.readLonghornPod() }
    case .backingImageDataSource:
      TableAccessor(\.dataSourceTransfers) { reader throws(JSONError) in try reader.readUnfinishedDataSource() }
    }
  }

  /// The operations on one table.
  private struct TableAccessor: Sendable {
    let put: @Sendable (inout ObjectStore, ObjectName, inout JSONReader) throws(JSONError) -> Void
    let remove: @Sendable (inout ObjectStore, ObjectName) -> Void
    let replace: @Sendable (inout ObjectStore, ObjectStore) -> Void

    /// - Parameter read: Reduces an object to its fact; nil if no rule uses the object.
    init<Fact>(
      _ table: any WritableKeyPath<ObjectStore, ObjectTable<Fact>> & Sendable,
      read: @escaping @Sendable (inout JSONReader) throws(JSONError) -> Fact?
    ) {
      put = { collection, name, reader throws(JSONError) in collection[keyPath: table][name] = try read(&reader) }
      remove = { collection, name in collection[keyPath: table][name] = nil }
      replace = { collection, other in collection[keyPath: table] = other[keyPath: table] }
    }
  }
}

// The facts for the rules.
extension ObjectStore {
  /// The current facts. Mutating, because the sorted lists are cached.
  package var facts: ClusterFacts {
    mutating get {
      var facts = ClusterFacts()
      facts.nodes = nodes.sorted
      facts.storage = StorageFact(nodes: facts.nodes, longhornNodes: longhornNodes.sorted)
      facts.serviceNetworks = serviceNetworks.sorted.flatMap { $0 }
      facts.virtualMachines = machineStatuses.sortedWithNames.map { name, status in
        VirtualMachineFact(namespace: name.namespace, name: name.name, status: status)
      }
      facts.runningInstances = runningInstances.sorted
      facts.imageTransfers = imageTransfers.sorted
      facts.dataSourceTransfers = dataSourceTransfers.sorted
      let systemVolumes = Set(systemVolumes.sorted)
      facts.volumesInUse = volumesInUse.sorted.filter { !systemVolumes.contains($0.name) }
      facts.clusterNetworks = ClusterNetworkFact.join(
        clusterNetworks.sorted, vlanConfigs.sorted, vlanStatuses.sorted, facts.nodes)
      facts.attachments = attachments.sorted
      facts.hostNetworks = hostNetworks.sorted
      facts.dhcpPools = dhcpPools.sorted
      facts.virtualAddress = virtualIPs.sorted.first
      facts.addressPools = addressPools.sorted
      facts.reservations = ReservationFacts(
        pools: facts.addressPools, reservations: addressReservations.sorted,
        longhornPods: longhornPods.sorted.map(\.addresses))
      facts.installedDefinitions = definitions.sorted
      addSettings(to: &facts)
      addLonghorn(to: &facts)
      return facts
    }
  }

  private func addSettings(to facts: inout ClusterFacts) {
    facts.storageNetwork = settings["storage-network"]
    facts.serverVersion = settings["server-version"]?.effectiveText.map { String(decoding: $0, as: UTF8.self) }
    let otherSettingNetworks = [
      settings["vm-migration-network"]?.effectiveText.map(OtherSetting.vmMigrationNetwork),
      settings["rwx-network"]?.effectiveText.map(OtherSetting.rwxNetwork),
    ]
    for neighbour in otherSettingNetworks {
      switch neighbour {
      case .sharesStorageNetwork?: facts.rwxSharesStorageNetwork = true
      case .network(let network)?: facts.otherSettingNetworks.append(network)
      case .unreadable(let setting)?: facts.unreadableSettings.append(setting)
      case OtherSetting.none?, nil: break
      }
    }
  }

  private mutating func addLonghorn(to facts: inout ClusterFacts) {
    func setting(_ name: String) -> LonghornSetting? {
      longhornSettings[ObjectName(namespace: "longhorn-system", name: name)]
    }
    let storageNetwork = setting("storage-network")
    facts.longhorn = LonghornNetworkFact(
      network: storageNetwork?.value, isApplied: storageNetwork?.isApplied,
      pods: longhornPods.sorted.compactMap(\.storage))
    facts.v2DataEngineIsOn = setting("v2-data-engine")?.value == "true"
    // From Harvester v1.8 on the second setting replaces the first, which may still exist.
    let isEnabled = setting("storage-network-for-rwx-volume-enabled")?.value == "true"
    facts.longhornSharesStorageNetwork =
      setting("endpoint-network-for-rwx-volume").map { $0.value == "storage-network" } ?? isEnabled
  }
}

/// The namespace and name of an object; the namespace of a cluster-scoped object is empty.
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
  /// The value or the default; nil if empty.
  fileprivate var effectiveText: [UInt8]? {
    guard case .text(let bytes) = effective, !bytes.isEmpty else { return nil }
    return bytes
  }
}
