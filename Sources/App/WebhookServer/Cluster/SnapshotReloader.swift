internal import ClusterSources
internal import ClusterState
internal import Logging
internal import Rules
internal import WebhookCore

/// Loads and reloads the facts from a snapshot.
struct SnapshotReloader {
  let source: SnapshotSource
  let state: ServerState
  let log: Logger

  /// Loads the snapshot at start-up, where an unreadable one is a configuration error.
  func load() throws(ProgramError) {
    var objects = try source.read()
    let facts = objects.facts
    if let reason = source.reasonWithoutNodes(facts) {
      // The snapshot may still be written, so the server starts, with its facts unavailable.
      log.warning("the snapshot has no nodes; is it complete?", metadata: ["path": "\(source.path)"])
      state.facts.markUnavailable(UnavailableError(message: "the cluster's state is unknown: \(reason)"))
    } else {
      state.facts.publish(facts)
    }
    state.metrics.snapshotReloads.add(1)
  }

  /// Reloads the snapshot. A file may be half written, so an error keeps the last good state.
  func reload() {
    do throws(ProgramError) {
      var objects = try source.read()
      let facts = objects.facts
      if let reason = source.reasonWithoutNodes(facts) { throw ProgramError(reason) }
      state.facts.publish(facts)
      state.metrics.snapshotReloads.add(1)
      log.notice("snapshot reloaded", metadata: ["path": "\(source.path)"])
    } catch {
      state.metrics.failedSnapshotReloads.add(1)
      log.error("snapshot reload failed, the last good state stays", metadata: ["reason": "\(error)"])
    }
  }
}
