internal import JSON
package import KubeObjects
package import Rules

/// The objects that only `verify` reads, each reduced to the fields that it needs.
struct VerifyStore: Sendable {
  private var nodes = ObjectTable<InspectedNode>()
  private var uplinks = ObjectTable<VLANStatusFact>()
  private var longhornSettings = ObjectTable<InspectedLonghornSetting>()
  private var pods = ObjectTable<InspectedPod>()
  /// The networks of pods of other namespaces; only a snapshot has these pods.
  private var otherPods = ObjectTable<[String]>()
  private var events = ObjectTable<PodEvent>()
  /// One table for each kind and namespace.
  private var workloads: [VerifyKind: ObjectTable<ScaledWorkload>] = [:]
  private var pools = ObjectTable<InspectedAddressPool>()
  private var reservations = ObjectTable<InspectedReservation>()

  var hasNodes: Bool { !nodes.isEmpty }

  /// Adds an object, or every object of a list. Ignores unknown kinds.
  mutating func add(_ object: Span<UInt8>) throws(JSONError) {
    try add(object, listedAs: nil)
  }

  /// - Parameter listKind: The group and kind of the elements, from the list: the API server omits `kind` in the
  ///   elements of a `PodList`.
  private mutating func add(
    _ object: Span<UInt8>, listedAs listKind: (group: String, kind: String)?
  ) throws(JSONError) {
    let identity = try ObjectIdentity(of: object)
    if let items = identity.items {
      let elements = (identity.group, String(identity.kind.dropLast("List".count)))
      let list = object.extracting(items)
      var reader = JSONReader(list)
      try reader.readElements { reader throws(JSONError) in
        try add(list.extracting(try reader.skip()), listedAs: elements)
      }
      return
    }
    let (group, kind) = identity.kind.isEmpty ? listKind ?? ("", "") : (identity.group, identity.kind)
    if let known = VerifyKind(group: group, kind: kind, namespace: identity.name.namespace) {
      try put(object, of: known, at: identity.name)
    } else if group.isEmpty, kind == "Pod" {
      var reader = JSONReader(object)
      let networks = try reader.readInspectedPod().networks
      otherPods[identity.name] = networks.isEmpty ? nil : networks
    }
  }

  /// Inserts the object, or replaces the one with the same name.
  mutating func put(
    _ object: Span<UInt8>, of kind: VerifyKind, at name: NamespacedName
  ) throws(JSONError) {
    var reader = JSONReader(object)
    switch kind {
    case .node: nodes[name] = try reader.readInspectedNode()
    case .vlanStatus: uplinks[name] = try reader.readVLANStatus()
    case .longhornSetting: longhornSettings[name] = try reader.readInspectedLonghornSetting()
    case .longhornPod: pods[name] = try reader.readInspectedPod()
    case .longhornEvent: events[name] = try reader.readPodEvent()
    case .addressPool: pools[name] = try InspectedAddressPool(reader.readValue())
    case .addressReservation: reservations[name] = try InspectedReservation(reader.readValue())
    case .monitoringDeployment, .harvesterDeployment, .prometheus, .alertmanager:
      workloads[kind, default: ObjectTable()][name] = try reader.readScaledWorkload(ofKind: kind.resource.kind)
    }
  }

  mutating func remove(_ kind: VerifyKind, at name: NamespacedName) {
    switch kind {
    case .node: nodes[name] = nil
    case .vlanStatus: uplinks[name] = nil
    case .longhornSetting: longhornSettings[name] = nil
    case .longhornPod: pods[name] = nil
    case .longhornEvent: events[name] = nil
    case .addressPool: pools[name] = nil
    case .addressReservation: reservations[name] = nil
    case .monitoringDeployment, .harvesterDeployment, .prometheus, .alertmanager: workloads[kind]?[name] = nil
    }
  }

  /// Replaces all objects of a kind with those of another store.
  mutating func replace(_ kind: VerifyKind, from other: VerifyStore) {
    switch kind {
    case .node: nodes = other.nodes
    case .vlanStatus: uplinks = other.uplinks
    case .longhornSetting: longhornSettings = other.longhornSettings
    case .longhornPod: pods = other.pods
    case .longhornEvent: events = other.events
    case .addressPool: pools = other.pools
    case .addressReservation: reservations = other.reservations
    case .monitoringDeployment, .harvesterDeployment, .prometheus, .alertmanager:
      workloads[kind] = other.workloads[kind]
    }
  }

  private var allWorkloads: [ScaledWorkload] {
    mutating get {
      var all: [ScaledWorkload] = []
      for kind in workloads.keys { all += workloads[kind, default: ObjectTable()].sorted }
      return all.sorted { ($0.namespace, $0.name, $0.kind) < ($1.namespace, $1.name, $1.kind) }
    }
  }

  /// The current facts.
  var facts: VerifyFacts {
    mutating get {
      var facts = VerifyFacts()
      facts.nodes = nodes.sorted
      facts.uplinks = uplinks.sorted
      facts.longhornSettings = longhornSettings.sorted
      facts.pods = pods.sorted
      facts.networksOfOtherPods = Set(otherPods.sorted.joined())
      facts.events = events.sorted
      facts.workloads = allWorkloads
      facts.pools = pools.sorted
      facts.reservationObjects = reservations.sorted.sorted { $0.address < $1.address }
      return facts
    }
  }
}

/// The facts that only `verify` needs.
package struct VerifyFacts: Sendable, Equatable {
  package var nodes: [InspectedNode] = []
  package var uplinks: [VLANStatusFact] = []
  package var longhornSettings: [InspectedLonghornSetting] = []
  /// All pods of Longhorn's namespace.
  package var pods: [InspectedPod] = []
  /// `NAMESPACE/NAME` of the networks of pods of other namespaces; empty except for a snapshot.
  package var networksOfOtherPods: Set<String> = []
  package var events: [PodEvent] = []
  package var workloads: [ScaledWorkload] = []
  /// Whereabouts' pools, with what a write needs.
  package var pools: [InspectedAddressPool] = []
  /// The reservations of Whereabouts over all ranges, besides the pool of each range, sorted by address.
  package var reservationObjects: [InspectedReservation] = []
  /// The same without what only a write needs.
  package var reservations: [AddressPoolFact.Reservation] { reservationObjects.map(\.reservation) }

  package init() {}

  package subscript(longhornSetting name: String) -> InspectedLonghornSetting? {
    longhornSettings.first { $0.name == name }
  }
}
