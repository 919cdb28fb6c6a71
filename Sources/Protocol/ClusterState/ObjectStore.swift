internal import Addressing
package import JSON
internal import KubeObjects
package import Rules

/// The objects of a cluster, each reduced to the facts that some rule asks for: one table a watched kind.
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

  /// The kinds of which a whole list has been committed.
  private var englishList: Set<WatchedKind> = []

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
    try Self.accessors[kind.rawValue].put(&self, name, &reader)
  }

  package mutating func remove(_ kind: WatchedKind, at name: ObjectName) {
    Self.accessors[kind.rawValue].remove(&self, name)
  }

  /// Takes over everything that another collection holds of a kind: a whole list, committed at once.
  package mutating func replace(_ kind: WatchedKind, from other: ObjectStore) {
    Self.accessors[kind.rawValue].replace(&self, other)
    englishList.insert(kind)
  }
}

// What a 404 proves.
extension ObjectStore {
  enum Absence {
    /// What would decide is not known yet.
    case unknown
    case proven
    /// The server does have the kind.
    case refuted
  }

  /// Whether a kind that was answered with 404 is absent. An API server without nodes is none.
  func absence(of kind: WatchedKind, by proof: WatchedKind.AbsenceProof, isUndiscovered: Bool) -> Absence {
    guard !nodes.isEmpty else { return .unknown }
    switch proof {
    case .discovery: return isUndiscovered ? .proven : .unknown
    case .definitions:
      guard englishList.contains(.customResourceDefinition) else { return .unknown }
      return definitions[ObjectName(name: kind.resource.name)] == nil ? .proven : .refuted
    }
  }

  /// Whether no node is known.
  package var isWithoutNodes: Bool { nodes.isEmpty }
}

// Which table holds what of which kind.
extension ObjectStore {
  /// Made once, because each object of a cluster asks for one.
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
      TableAccessor(\.settings) { reader throws(JSONError) in try reader.readSetting(with: .withAnnotations) }
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

  /// A table with all that is done to it.
  private struct TableAccessor: Sendable {
    let put: @Sendable (inout ObjectStore, ObjectName, inout JSONReader) throws(JSONError) -> Void
    let remove: @Sendable (inout ObjectStore, ObjectName) -> Void
    let replace: @Sendable (inout ObjectStore, ObjectStore) -> Void

    /// - Parameter read: Reduces an object to its fact; nil where no rule asks for it.
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

// What the rules are told.
extension ObjectStore {
  /// The facts as they are now. Mutating, because lists that were put in order are kept for the next time.
  package var facts: ClusterFacts {
    mutating get {
      var facts = ClusterFacts()
      facts.nodes = nodes.sorted
      facts.storage = StorageFact(nodes: facts.nodes, longhornNodes: longhornNodes.sorted)
      facts.serviceNetworks = serviceNetworks.sorted.flatMap { $0 }
      facts.virtualMachines = machineStatuses.orderedWithNames.map { name, status in
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
    if let text = settings["vm-migration-network"]?.effectiveText,
      let network = OtherSettingNetwork(setting: "vm-migration-network", text: text)
    {
      facts.otherSettingNetworks.append(network)
    }
    switch settings["rwx-network"]?.effectiveText.map(RWXNetwork.init(text:)) ?? .none {
    case .sharesStorageNetwork: facts.rwxSharesStorageNetwork = true
    case .dedicated(let network): facts.otherSettingNetworks.append(network)
    case .none: break
    }
  }

  private mutating func addLonghorn(to facts: inout ClusterFacts) {
    func setting(_ name: String) -> LonghornSetting? {
      longhornSettings[ObjectName(namespace: "longhorn-system", name: name)]
    }
    let storageNetwork = setting("storage-network")
    facts.longhorn = LonghornNetworkFact(
      network: storageNetwork?.value, isApplied: storageNetwork?.isApplied ?? true,
      pods: longhornPods.sorted.compactMap(\.storage))
    facts.v2DataEngineIsOn = setting("v2-data-engine")?.value == "true"
    // From Harvester v1.8 on the second setting takes the place of the first, which may be left behind.
    let isEnabled = setting("storage-network-for-rwx-volume-enabled")?.value == "true"
    facts.longhornSharesStorageNetwork =
      setting("endpoint-network-for-rwx-volume").map { $0.value == "storage-network" } ?? isEnabled
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
