package import JSON
internal import KubeObjects
package import Rules

/// The objects of a cluster, each reduced to the facts that some rule asks for: one table a watched kind.
package struct ObjectCollection: Sendable {
  private var nodes = ObjectTable<NodeFact>()
  private var serviceNetworks = ObjectTable<[ServiceNetworkFact]>()
  private var settings = ObjectTable<SettingObject>()
  private var runningInstances = ObjectTable<InstanceFact>()
  private var imageTransfers = ObjectTable<ImageTransferFact>()
  private var longhornNodes = ObjectTable<LonghornNodeFact>()
  private var longhornSettings = ObjectTable<SettingObject>()
  private var dataSourceTransfers = ObjectTable<DataSourceFact>()

  package init() {}

  /// Takes an object, or every object of a list; kinds that nobody asks for are passed over.
  ///
  /// Of two objects with the same name the latter counts.
  package mutating func add(_ object: Span<UInt8>) throws(JSONError) {
    let identity = try ObjectIdentity(of: object)
    if let items = identity.items {
      let list = object.extracting(items)
      var reader = JSONReader(list)
      try reader.readElements { reader throws(JSONError) in
        try add(list.extracting(try reader.skip()))
      }
    } else if let kind = WatchedKind(group: identity.group, kind: identity.kind) {
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
    case .setting: settings[name] = try reader.readSetting()
    case .virtualMachineInstance: runningInstances[name] = try reader.readRunningInstance()
    case .virtualMachineImage: imageTransfers[name] = try reader.readImageTransfer()
    case .longhornNode: longhornNodes[name] = try reader.readLonghornNode()
    case .longhornSetting: longhornSettings[name] = try reader.readSetting()
    case .backingImageDataSource: dataSourceTransfers[name] = try reader.readUnfinishedDataSource()
    }
  }

  package mutating func remove(_ kind: WatchedKind, at name: ObjectName) {
    switch kind {
    case .node: nodes[name] = nil
    case .serviceCIDR: serviceNetworks[name] = nil
    case .setting: settings[name] = nil
    case .virtualMachineInstance: runningInstances[name] = nil
    case .virtualMachineImage: imageTransfers[name] = nil
    case .longhornNode: longhornNodes[name] = nil
    case .longhornSetting: longhornSettings[name] = nil
    case .backingImageDataSource: dataSourceTransfers[name] = nil
    }
  }

  /// Takes over everything that another collection holds of a kind: a whole list, committed at once.
  package mutating func replace(_ kind: WatchedKind, from other: borrowing ObjectCollection) {
    switch kind {
    case .node: nodes = other.nodes
    case .serviceCIDR: serviceNetworks = other.serviceNetworks
    case .setting: settings = other.settings
    case .virtualMachineInstance: runningInstances = other.runningInstances
    case .virtualMachineImage: imageTransfers = other.imageTransfers
    case .longhornNode: longhornNodes = other.longhornNodes
    case .longhornSetting: longhornSettings = other.longhornSettings
    case .backingImageDataSource: dataSourceTransfers = other.dataSourceTransfers
    }
  }

  /// The facts as they are now. Mutating, because lists that were put in order are kept for the next time.
  package var facts: ClusterFacts {
    mutating get {
      var facts = ClusterFacts()
      facts.nodes = nodes.ordered
      facts.serviceNetworks = serviceNetworks.ordered.flatMap { $0 }
      facts.runningInstances = runningInstances.ordered
      facts.imageTransfers = imageTransfers.ordered
      facts.longhornNodes = longhornNodes.ordered
      facts.dataSourceTransfers = dataSourceTransfers.ordered
      facts.storageNetwork = settings["storage-network"]
      facts.serverVersion = settings["server-version"]?.effectiveText.map { String(decoding: $0, as: UTF8.self) }
      facts.rwxSharesStorageNetwork = settings["rwx-network"]?.sharesStorageNetwork ?? false
      facts.v2DataEngineIsOn =
        longhornSettings[ObjectName(namespace: "longhorn-system", name: "v2-data-engine")]?.isTrue ?? false
      return facts
    }
  }
}

/// Where an object is within its kind; a cluster-scoped one has an empty namespace.
package struct ObjectName: Hashable, Comparable, Sendable {
  package var namespace = ""
  package var name = ""

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

  /// Of the setting rwx-network: `{"share-storage-network":true}`.
  fileprivate var sharesStorageNetwork: Bool {
    guard let text = effectiveText, case .bool(true)? = try? JSONValue(parsing: text)["share-storage-network"] else {
      return false
    }
    return true
  }

  fileprivate var isTrue: Bool { effectiveText?.elementsEqual("true".utf8) ?? false }
}
