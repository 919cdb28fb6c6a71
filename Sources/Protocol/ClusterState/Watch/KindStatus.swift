/// How well a kind is known: what readiness, metrics and faults tell of it.
package struct KindStatus: Sendable, Equatable {
  package enum Standing: Sendable, Equatable {
    /// Never listed whole.
    case unlisted
    /// Listed, and followed since.
    case listed
    /// Not installed in this cluster: there are none.
    case absent
    /// The webhook's account may not do this with it.
    case forbidden(Verb)
  }

  /// What the API server is asked to allow (RBAC verbs).
  package enum Verb: String, Sendable {
    case list
    case watch
  }

  package var standing = Standing.unlisted
  /// When the server last said something about the kind: a whole list, an event, a bookmark, the orderly end of a watch
  /// in which nothing happened, or that there is no such kind.
  package var heard: Duration?
  /// Why the last attempt failed; nil while all goes well.
  package var trouble: String?
  package var lists = 0
  package var events = 0
  package var failures = 0

  package init() {}
}

extension KindStatus {
  package func age(at now: Duration) -> Duration? { heard.map { now - $0 } }

  /// Why nothing can be decided about this kind, or nil if it is known well enough.
  package func complaint(about resource: Resource, at now: Duration, staleAfter limit: Duration) -> String? {
    switch standing {
    case .unlisted:
      "\(resource.name) have not been listed yet" + because
    case .forbidden(let verb):
      "the webhook may not \(verb.rawValue) \(resource.plural) \(resource.groupInWords); grant its ServiceAccount this verb"
    case .listed, .absent:
      if let age = age(at: now), age > limit {
        "nothing was heard about \(resource.name) for \(age.components.seconds) s" + because
      } else {
        nil
      }
    }
  }

  private var because: String { trouble.map { " (\($0))" } ?? "" }
}

extension Resource {
  fileprivate var groupInWords: String { group.isEmpty ? "in the core API group" : "in the API group \(group)" }
}

extension KindStatus.Standing {
  package var word: String {
    switch self {
    case .unlisted: "unlisted"
    case .listed: "listed"
    case .absent: "absent"
    case .forbidden: "forbidden"
    }
  }
}
