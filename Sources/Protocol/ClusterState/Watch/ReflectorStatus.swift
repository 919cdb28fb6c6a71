/// The sync state of a kind, as readiness, metrics and errors report it.
package struct ReflectorStatus: Sendable, Equatable {
  package enum SyncState: Sendable, Equatable {
    /// No list has completed yet.
    case notSynced
    /// Listed and watched.
    case synced
    /// Not installed in this cluster, so there are no objects.
    case notInstalled
    /// RBAC denies this verb to the webhook's ServiceAccount.
    case forbidden(Verb)
  }

  /// The RBAC verbs that a reflector needs.
  package enum Verb: String, Sendable {
    case list
    case watch
  }

  package var state = SyncState.notSynced
  /// The time of the last proof of liveness: a complete list, an event, a bookmark, the orderly end of a watch without
  /// events, or proof that the kind is not installed.
  package var lastContact: Duration?
  /// Why the last attempt failed; nil after a success.
  package var lastError: String?
  package var lists = 0
  package var events = 0
  package var failures = 0
  /// Whether the last response was 404, which proves nothing by itself.
  package var isNotFound = false

  package init() {}
}

extension ReflectorStatus {
  package func age(at now: Duration) -> Duration? { lastContact.map { now - $0 } }

  /// Returns why no review can be decided with this kind, or nil if it is known well enough.
  package func unavailableReason(
    about resource: @autoclosure () -> Resource, at now: Duration, staleAfter limit: Duration
  ) -> String? {
    switch state {
    case .notSynced:
      "\(resource().name): not listed yet" + lastErrorSuffix
    case .forbidden(let verb):
      "\(resource().name): forbidden: the webhook's ServiceAccount must be allowed to \(verb.rawValue) \(resource().plural) "
        + "\(resource().groupInWords)"
    case .synced, .notInstalled:
      if let age = age(at: now), age > limit {
        "\(resource().name): watch data is stale: last contact \(age.components.seconds)s ago, limit \(limit.components.seconds)s"
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
