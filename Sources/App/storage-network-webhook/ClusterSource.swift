internal import ClusterState
internal import Rules
internal import WebhookServer

extension ClusterFacts {
  init(ofSnapshot path: String) throws {
    var objects = try SnapshotSource(path: path).read()
    self = objects.facts
  }
}
