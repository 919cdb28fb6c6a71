internal import JSON
package import KubeObjects
package import Rules

/// What `verify` reads beside the facts of the rules, each object reduced to what it asks for.
struct VerifyStore: Sendable {
  private var pods = ObjectTable<InspectedPod>()
  private var events = ObjectTable<PodEvent>()
  private var workloads = ObjectTable<ScaledWorkload>()
  private var reservations = ObjectTable<AddressPoolFact.Reservation>()

  /// Takes an object, or every object of a list; kinds that nobody asks for are passed over.
  mutating func add(_ object: Span<UInt8>) throws(JSONError) {
    let identity = try ObjectIdentity(of: object)
    if let items = identity.items {
      let list = object.extracting(items)
      var reader = JSONReader(list)
      try reader.readElements { reader throws(JSONError) in
        try add(list.extracting(try reader.skip()))
      }
    } else if let kind = VerifyKind(identity) {
      try put(object, of: kind, at: identity.name)
    }
  }

  /// Takes the object in place of the one that had its name.
  mutating func put(
    _ object: Span<UInt8>, of kind: VerifyKind, at name: ObjectName
  ) throws(JSONError) {
    var reader = JSONReader(object)
    switch kind {
    case .longhornPod: pods[name] = try reader.readInspectedPod()
    case .longhornEvent: events[name] = try reader.readPodEvent()
    case .addressReservation: reservations[name] = try reader.readAddressReservation()
    case .monitoringDeployment, .harvesterDeployment, .prometheus, .alertmanager:
      workloads[name] = try reader.readScaledWorkload(ofKind: kind.resource.kind)
    }
  }

  /// All of it as it is now.
  var facts: VerifyFacts {
    mutating get {
      VerifyFacts(
        pods: pods.sorted, events: events.sorted, workloads: workloads.sorted,
        reservations: reservations.sorted.sorted { $0.address < $1.address })
    }
  }
}

/// What `verify` knows beside the facts of the rules.
package struct VerifyFacts: Sendable, Equatable {
  /// All pods of Longhorn's namespace.
  package var pods: [InspectedPod] = []
  package var events: [PodEvent] = []
  package var workloads: [ScaledWorkload] = []
  /// What Whereabouts has reserved over all ranges, beside the pool of each range.
  package var reservations: [AddressPoolFact.Reservation] = []

  package init() {}

  package init(
    pods: [InspectedPod], events: [PodEvent], workloads: [ScaledWorkload], reservations: [AddressPoolFact.Reservation]
  ) {
    self.pods = pods
    self.events = events
    self.workloads = workloads
    self.reservations = reservations
  }
}
