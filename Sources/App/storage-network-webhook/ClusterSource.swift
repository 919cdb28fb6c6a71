internal import ClusterState
internal import Rules
internal import Snapshot
internal import WebhookServer

extension ClusterFacts {
  init(ofSnapshot path: String) throws {
    var objects = try SnapshotSource(path: path).read()
    self = objects.facts
  }
}

/// What `verify` looks at: the facts of the rules, and what only a person asks for.
struct ClusterObjects {
  let facts: ClusterFacts
  let seen: InspectionFacts

  init(ofSnapshot path: String) throws {
    var snapshot = Snapshot(inspects: true)
    try SnapshotSource(path: path).read(into: &snapshot)
    facts = snapshot.objects.facts
    seen = snapshot.inspected?.facts ?? InspectionFacts()
  }
}
