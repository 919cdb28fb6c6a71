package import JSON
internal import KubeObjects
package import Rules

/// The objects of a cluster, each reduced to the facts that some rule asks for.
package struct ObjectCollection: Sendable {
  private var nodes: [ObjectName: NodeFact] = [:]
  private var serviceNetworks: [ObjectName: [ServiceNetworkFact]] = [:]
  private var settings: [ObjectName: SettingObject] = [:]
  private var runningInstances: [ObjectName: InstanceFact] = [:]
  private var imageTransfers: [ObjectName: ImageTransferFact] = [:]
  private var longhornNodes: [ObjectName: LonghornNodeFact] = [:]
  private var longhornSettings: [ObjectName: SettingObject] = [:]
  private var dataSourceTransfers: [ObjectName: DataSourceFact] = [:]

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
      var reader = JSONReader(object)
      try read(kind, at: identity.name, &reader)
    }
  }

  private mutating func read(
    _ kind: WatchedKind, at name: ObjectName, _ reader: inout JSONReader
  ) throws(JSONError) {
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

  /// The facts, every list in the order of namespaces and names so that equal clusters give equal messages.
  package var facts: ClusterFacts {
    var facts = ClusterFacts()
    facts.nodes = nodes.inOrder
    facts.serviceNetworks = serviceNetworks.inOrder.flatMap { $0 }
    facts.runningInstances = runningInstances.inOrder
    facts.imageTransfers = imageTransfers.inOrder
    facts.longhornNodes = longhornNodes.inOrder
    facts.dataSourceTransfers = dataSourceTransfers.inOrder
    facts.storageNetwork = settings["storage-network"]
    facts.serverVersion = settings["server-version"]?.effectiveText.map { String(decoding: $0, as: UTF8.self) }
    facts.rwxSharesStorageNetwork = settings["rwx-network"]?.sharesStorageNetwork ?? false
    facts.v2DataEngineIsOn =
      longhornSettings[ObjectName(namespace: "longhorn-system", name: "v2-data-engine")]?.isTrue ?? false
    return facts
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

extension [ObjectName: SettingObject] {
  fileprivate subscript(name: String) -> SettingObject? { self[ObjectName(name: name)] }
}

extension Dictionary where Key == ObjectName {
  fileprivate var inOrder: [Value] { sorted { $0.key < $1.key }.map(\.value) }
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
