/// How well a kind is known: what readiness, metrics and faults tell of it.
package struct ReflectorStatus: Sendable, Equatable {
  package enum SyncState: Sendable, Equatable {
    /// Never listed whole.
    case notSynced
    /// Listed, and followed since.
    case synced
    /// Not installed in this cluster: there are none.
    case notInstalled
    /// The webhook's account may not do this with it.
    case forbidden(Verb)
  }

  /// What the API server is asked to allow (RBAC verbs).
  package enum Verb: String, Sendable {
    case list
    case watch
  }

  package var state = SyncState.notSynced
  /// When the server last said something about the kind: a whole list, an event, a bookmark, the orderly end of a watch
  /// in which nothing happened, or that there is no such kind.
  package var lastContact: Duration?
  /// Why the last attempt failed; nil while all goes well.
  package var lastError: String?
  package var lists = 0
  package var events = 0
  package var failures = 0
  /// Whether the server's last answer was 404, which proves nothing by itself.
  package var isNotFound = false

  package init() {}
}

extension ReflectorStatus {
  package func age(at now: Duration) -> Duration? { lastContact.map { now - $0 } }

  /// Why nothing can be decided about this kind, or nil if it is known well enough.
  package func staleReason(about resource: Resource, at now: Duration, staleAfter limit: Duration) -> String? {
    switch state {
    case .notSynced:
      "\(resource.name): not listed yet" + lastErrorSuffix
    case .forbidden(let verb):
      "\(resource.name): forbidden: the webhook's ServiceAccount must be allowed to \(verb.rawValue) \(resource.plural) "
        + "\(resource.groupInWords)"
    case .synced, .notInstalled:
      if let age = age(at: now), age > limit {
        "\(resource.name): watch data is stale: last contact \(age.components.seconds)s ago, limit \(limit.components.seconds)s"
          + lastErrorSuffix
      } else {
        nil
      }
    }
  }

  private var lastErrorSuffix: String { lastError.map { " (\($0))" } ?? "" }
}

extension Resource {
  fileprivate var groupInWords: String { group.isEmpty ? "in the core API group" : "in the API group \(group)" }
}

extension ReflectorStatus.SyncState {
  package var word: String {
    switch self {
    case .notSynced: "notSynced"
    case .synced: "synced"
    case .notInstalled: "notInstalled"
    case .forbidden: "forbidden"
    }
  }
}
