package import JSON
package import Rules

/// The input of `verify`: the facts of the rules that matter after a change, and the facts that only `verify` needs.
package struct VerifySnapshot: Sendable {
  /// A kind to list, from one of the two tables of kinds.
  package enum Part: Sendable {
    case watched(WatchedKind)
    case inspected(VerifyKind)

    var resource: Resource {
      switch self {
      case .watched(let kind): kind.resource
      case .inspected(let kind): kind.resource
      }
    }

    package var plural: String { resource.plural }

    /// Whether Harvester may lack the resource. For any other kind, 404 only means a wrong URL or an API server that is
    /// starting.
    var isOptional: Bool {
      switch self {
      case .watched: false
      case .inspected(let kind): kind.isOptional
      }
    }
  }

  /// The kinds to list. Of the watched ones only those that a change affects, and those of the uplinks' MTU; the others may
  /// have many objects.
  package static let parts: [Part] =
    [WatchedKind.setting, .networkAttachmentDefinition, .clusterNetwork, .vlanConfig].map(Part.watched)
    + VerifyKind.allCases.map(Part.inspected)

  private var objects = ObjectStore()
  private var others = VerifyStore()

  package init() {}

  /// Adds an object, or every object of a list. Ignores unknown kinds.
  package mutating func add(_ object: Span<UInt8>) throws(JSONError) {
    try objects.add(object)
    try others.add(object)
  }

  mutating func put(_ object: Span<UInt8>, of part: Part, at name: NamespacedName) throws(JSONError) {
    switch part {
    case .watched(let kind): try objects.put(object, of: kind, at: name)
    case .inspected(let kind):
      try others.put(object, of: kind, at: name)
      if let watched = kind.watched { try objects.put(object, of: watched, at: name) }
    }
  }

  mutating func remove(_ part: Part, at name: NamespacedName) {
    switch part {
    case .watched(let kind): objects.remove(kind, at: name)
    case .inspected(let kind):
      others.remove(kind, at: name)
      if let watched = kind.watched { objects.remove(watched, at: name) }
    }
  }

  /// Replaces all objects of a part with those of a complete list.
  mutating func replace(_ part: Part, from other: VerifySnapshot) {
    switch part {
    case .watched(let kind): objects.replace(kind, from: other.objects)
    case .inspected(let kind):
      others.replace(kind, from: other.others)
      if let watched = kind.watched { objects.replace(watched, from: other.objects) }
    }
  }

  /// Mutating, because the sorted lists are cached.
  package var facts: ClusterFacts { mutating get { objects.facts } }
  package var extraFacts: VerifyFacts { mutating get { others.facts } }

  /// False for a cluster that was not reached: every cluster has a node.
  package var hasNodes: Bool { others.hasNodes }
}
