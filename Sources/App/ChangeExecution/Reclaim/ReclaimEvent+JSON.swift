internal import JSON
package import Reports

extension ReclaimEvent {
  // docs/cli.md documents the members. New ones may be added; none is renamed.
  /// The event as one line of JSON.
  package func json(_ kubectl: Kubectl) -> String {
    ([JSONMember("event", name)] + members(kubectl)).line
  }

  private var name: String {
    switch self {
    case .found: "found"
    case .commands: "commands"
    case .removed: "removed"
    case .alreadyGone: "alreadyGone"
    case .conflict: "conflict"
    case .kept: "kept"
    case .podReturned: "podReturned"
    case .unconfirmed: "unconfirmed"
    case .ended, .stopped: "ended"
    }
  }

  private func members(_ kubectl: Kubectl) -> [JSONMember] {
    switch self {
    case .found(let plan): plan.members
    case .commands(let plan): [JSONMember("commands", plan.commands(kubectl))]
    case .removed(let write), .alreadyGone(let write), .conflict(let write), .podReturned(let write): write.members
    case .kept(let write, let reason), .unconfirmed(let write, let reason):
      write.members + [JSONMember("reason", reason)]
    case .ended(.clean): [JSONMember("outcome", "clean")]
    case .ended(.listed): [JSONMember("outcome", "listed")]
    case .ended(.removed(let count, let kept, let doubtful)):
      [
        JSONMember("outcome", "removed"), JSONMember("removed", count), JSONMember("kept", kept),
        JSONMember("doubtful", doubtful),
      ]
    case .stopped(let stop): stop.members
    }
  }
}
