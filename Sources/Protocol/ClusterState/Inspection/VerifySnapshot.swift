package import JSON
package import Rules

/// What `verify` looks at: the facts of the rules as far as they matter after a change, and what only a person asks for.
package struct VerifySnapshot: Sendable {
  /// A kind that is read for it, from one of the two tables of kinds.
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

    /// Whether an API server that does not know the resource may be one of Harvester. Of any other kind, 404 says only
    /// that the URL is wrong, or that the API server is starting.
    var isOptional: Bool {
      switch self {
      case .watched(let kind): kind == .addressPool
      case .inspected(let kind): kind.isOptional
      }
    }
  }

  /// Of the watched kinds those in which a change leaves its traces; the others may be many and say nothing here.
  package static let parts: [Part] =
    [WatchedKind.setting, .networkAttachmentDefinition, .addressPool].map(Part.watched)
    + VerifyKind.allCases.map(Part.inspected)

  private var objects = ObjectStore()
  private var others = VerifyStore()

  package init() {}

  /// Takes an object, or every object of a list; kinds that nobody asks for are passed over.
  package mutating func add(_ object: Span<UInt8>) throws(JSONError) {
    try objects.add(object)
    try others.add(object)
  }

  mutating func put(_ object: Span<UInt8>, of part: Part, at name: ObjectName) throws(JSONError) {
    switch part {
    case .watched(let kind): try objects.put(object, of: kind, at: name)
    case .inspected(let kind):
      try others.put(object, of: kind, at: name)
      if let watched = kind.watched { try objects.put(object, of: watched, at: name) }
    }
  }

  /// Mutating, because lists that were put in order are kept for the next time.
  package var facts: ClusterFacts { mutating get { objects.facts } }
  package var extraFacts: VerifyFacts { mutating get { others.facts } }

  /// False where a cluster was not reached: there is none without a node.
  package var hasNodes: Bool { others.hasNodes }
}
