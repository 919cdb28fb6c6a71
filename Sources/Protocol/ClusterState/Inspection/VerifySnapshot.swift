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
  }

  /// Of the watched kinds those in which a change leaves its traces; the others may be many and say nothing here.
  package static let parts: [Part] =
    [WatchedKind.node, .setting, .networkAttachmentDefinition, .addressPool, .longhornSetting].map(Part.watched)
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
    case .inspected(let kind): try others.put(object, of: kind, at: name)
    }
  }

  /// Mutating, because lists that were put in order are kept for the next time.
  package var facts: ClusterFacts { mutating get { objects.facts } }
  package var extraFacts: VerifyFacts { mutating get { others.facts } }
}
