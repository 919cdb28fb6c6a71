internal import Addressing
package import JSON
internal import KubeObjects
internal import Rules

/// The objects of a cluster, each reduced to the facts that a rule uses: one table per watched kind.
package struct ObjectStore: Sendable {
  var nodes = ObjectTable<NodeFact>()
  var serviceNetworks = ObjectTable<[ServiceNetworkFact]>()
  var definitions = ObjectTable<String>()
  var settings = ObjectTable<SettingObject>()
  var machines = MachineTable()
  var imageTransfers = ObjectTable<ImageTransferFact>()
  var clusterNetworks = ObjectTable<ClusterNetworkCondition>()
  var vlanConfigs = ObjectTable<VLANConfigFact>()
  var vlanStatuses = ObjectTable<VLANStatusFact>()
  var hostNetworks = ObjectTable<HostNetworkFact>()
  var dhcpPools = ObjectTable<DHCPPoolFact>()
  var virtualIPs = ObjectTable<IPv4Address>()
  var attachments = ObjectTable<NetworkAttachmentFact>()
  var addressPools = ObjectTable<AddressPoolFact>()
  var addressReservations = ObjectTable<AddressPoolFact.Reservation>()
  var longhornNodes = ObjectTable<LonghornNodeFact>()
  var longhornSettings = ObjectTable<LonghornSetting>()
  var volumes = VolumeTable()
  var longhornPods = ObjectTable<LonghornPodEntry>()
  var dataSourceTransfers = ObjectTable<DataSourceFact>()

  /// The kinds with at least one complete list.
  private var listedKinds: Set<WatchedKind> = []

  var lastFacts = ClusterFacts()
  /// The kinds with changes that the facts do not show yet.
  var changedKinds = Set(WatchedKind.allCases)

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
    _ object: Span<UInt8>, of kind: WatchedKind, at name: NamespacedName
  ) throws(JSONError) {
    var reader = JSONReader(object)
    try put(&reader, of: kind, at: name)
  }

  /// Inserts the next value of a reader, or replaces the object with the same name.
  mutating func put(_ object: inout JSONReader, of kind: WatchedKind, at name: NamespacedName) throws(JSONError) {
    if try Self.accessors[kind.rawValue].put(&self, name, &object) { changedKinds.insert(kind) }
  }

  /// Inserts or replaces an object of which only its status is read.
  mutating func put(status: String, of kind: WatchedKind, at name: NamespacedName) {
    let isChange =
      switch kind {
      case .virtualMachine: machines.set(\.status, to: VirtualMachine.isStopped(status) ? nil : status, at: name)
      case .virtualMachineInstance:
        machines.set(\.phase, to: VirtualMachineInstance.isShutDown(status) ? nil : status, at: name)
      default: preconditionFailure("no other kind has a column for its status")
      }
    if isChange { changedKinds.insert(kind) }
  }

  package mutating func remove(_ kind: WatchedKind, at name: NamespacedName) {
    if Self.accessors[kind.rawValue].remove(&self, name) { changedKinds.insert(kind) }
  }

  /// Replaces all objects of a kind with those of another store: a complete list, committed at once.
  package mutating func replace(_ kind: WatchedKind, from other: ObjectStore) {
    Self.accessors[kind.rawValue].replace(&self, other)
    listedKinds.insert(kind)
    changedKinds.insert(kind)
  }

  /// Whether ``facts`` have changed since they were read.
  package var hasChanges: Bool { !changedKinds.isEmpty }

  /// The number of facts of machines and volumes that were unpacked, for tests.
  var unpackedFacts: Int { machines.unpackedFacts + volumes.unpackedFacts }
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
      return definitions[NamespacedName(name: kind.resource.name)] == nil ? .proven : .refuted
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
      TableAccessor { store, name, reader throws(JSONError) in
        store.volumes.setClaim(try reader.readSystemVolume(), at: name)
      } remove: {
        $0.volumes.setClaim(nil, at: $1)
      } replace: {
        $0.volumes.replaceClaims(from: $1.volumes)
      }
    case .setting:
      TableAccessor(\.settings) { reader throws(JSONError) in try reader.readSetting() }
    case .virtualMachine:
      TableAccessor(machines: \.status) { reader throws(JSONError) in try reader.readStatusUnlessStopped() }
    case .virtualMachineInstance:
      TableAccessor(machines: \.phase) { reader throws(JSONError) in try reader.readPhaseUnlessShutDown() }
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
    case .longhornVolume:
      TableAccessor { store, name, reader throws(JSONError) in
        store.volumes.set(try reader.readVolumeInUse(), at: name)
      } remove: {
        $0.volumes.set(nil, at: $1)
      } replace: {
        $0.volumes.replaceVolumes(from: $1.volumes)
      }
    case .longhornPod: TableAccessor(\.longhornPods) { reader throws(JSONError) in try reader.readLonghornPod() }
    case .backingImageDataSource:
      TableAccessor(\.dataSourceTransfers) { reader throws(JSONError) in try reader.readUnfinishedDataSource() }
    }
  }

  /// The operations on one table. Writes return whether they are a change.
  private struct TableAccessor: Sendable {
    let put: @Sendable (inout ObjectStore, NamespacedName, inout JSONReader) throws(JSONError) -> Bool
    let remove: @Sendable (inout ObjectStore, NamespacedName) -> Bool
    let replace: @Sendable (inout ObjectStore, ObjectStore) -> Void

    init(
      put: @escaping @Sendable (inout ObjectStore, NamespacedName, inout JSONReader) throws(JSONError) -> Bool,
      remove: @escaping @Sendable (inout ObjectStore, NamespacedName) -> Bool,
      replace: @escaping @Sendable (inout ObjectStore, ObjectStore) -> Void
    ) {
      self.put = put
      self.remove = remove
      self.replace = replace
    }

    init(
      machines half: any MachineTable.Half,
      read: @escaping @Sendable (inout JSONReader) throws(JSONError) -> String?
    ) {
      self.init { store, name, reader throws(JSONError) in
        store.machines.set(half, to: try read(&reader), at: name)
      } remove: {
        $0.machines.set(half, to: nil, at: $1)
      } replace: {
        $0.machines.replace(half, from: $1.machines)
      }
    }

    /// - Parameter read: Reduces an object to its fact; nil if no rule uses the object.
    init<Fact>(
      _ table: any WritableKeyPath<ObjectStore, ObjectTable<Fact>> & Sendable,
      read: @escaping @Sendable (inout JSONReader) throws(JSONError) -> Fact?
    ) {
      self.init { store, name, reader throws(JSONError) in
        store[keyPath: table].set(try read(&reader), at: name)
      } remove: {
        $0[keyPath: table].set(nil, at: $1)
      } replace: {
        $0[keyPath: table] = $1[keyPath: table]
      }
    }
  }
}
