internal import ClusterState
internal import KubeClient
internal import Logging
internal import Platform
internal import Rules

/// A living cluster, and how to reach it.
package struct LiveSource: Sendable {
  let access: ClusterAccess
  private let staleness: Duration

  package static let defaultMaxStalenessSeconds = 120
  package static let minimumMaxStalenessSeconds = Int(WatchLimits.minimumStaleness.components.seconds)

  /// - Parameters:
  ///   - kubeconfig: A file; nil for those of `$KUBECONFIG`, or else for the cluster that this Pod runs in.
  ///   - context: A context of the kubeconfig; nil for its current one.
  ///   - staleness: After how long a kind that watch data is staleno longer counts as known.
  package init(
    kubeconfig: String?, context: String?, staleness: Duration = .seconds(defaultMaxStalenessSeconds)
  ) throws(ServerError) {
    self.staleness = staleness
    do throws(KubeError) {
      access = try Self.access(kubeconfig, context)
    } catch {
      throw ServerError(error.description)
    }
  }

  private static func access(_ kubeconfig: String?, _ context: String?) throws(KubeError) -> ClusterAccess {
    if let kubeconfig { return try Kubeconfig(file: kubeconfig).access(context: context) }
    if let list = Environment.value("KUBECONFIG"), !list.isEmpty {
      return try Kubeconfig(list: list).access(context: context)
    }
    // Whoever names a context means a kubeconfig, and kubectl's own one is the only one left.
    if let context {
      return try Kubeconfig(file: defaultKubeconfigPath).access(context: context)
    }
    do throws(KubeError) {
      return try ClusterAccess.inCluster()
    } catch {
      // Whoever sits at a terminal means the cluster that kubectl would ask.
      if File.exists(defaultKubeconfigPath) { return try Kubeconfig(file: defaultKubeconfigPath).access(context: nil) }
      throw KubeError(
        "there is no cluster to ask: neither --cluster-snapshot nor --kubeconfig is given, KUBECONFIG is not set, "
          + "there is no \(defaultKubeconfigPath), and \(error)")
    }
  }

  /// The file that kubectl reads when nothing else is said.
  private static var defaultKubeconfigPath: String { "\(Environment.value("HOME") ?? "")/.kube/config" }

  /// Why an API server that lists no node is taken for none.
  var reasonWithoutNodes: String { ReflectorRunner.reasonWithoutNodes(access) }

  /// Begins to follow the cluster on a thread of its own, until the process ends.
  func startWatching(_ log: Logger) throws -> SharedClusterCache {
    let cluster = SharedClusterCache(staleness: staleness)
    let access = access
    log.notice("watching the cluster", metadata: ["server": "\(access.server)", "source": "\(access.origin)"])
    try Thread.start(named: "cluster") {
      ReflectorRunner(access, into: cluster) { kind, before, now in log.note(kind, before, now) }.run()
    }
    return cluster
  }

  /// Lists what it is asked for, for a command that looks again and again.
  func listing() -> VerifyLister { VerifyLister(access) }

  /// Lists every kind once.
  func facts() throws -> ClusterFacts {
    let cluster = SharedClusterCache(staleness: staleness)
    do {
      try ReflectorRunner(access, into: cluster).listOnce()
      return try cluster.currentFacts().facts
    } catch let unavailableError as UnavailableError {
      throw ServerError("\(access.origin): \(unavailableError.message)")
    } catch {
      throw ServerError("\(access.origin): \(error)")
    }
  }
}

extension Logger {
  /// One line for each turn that following a kind takes.
  fileprivate func note(_ kind: WatchedKind, _ before: ReflectorStatus, _ now: ReflectorStatus) {
    var metadata: Logger.Metadata = ["kind": "\(kind.resource.name)", "state": "\(now.state.word)"]
    if let lastError = now.lastError {
      metadata["reason"] = "\(lastError)"
      // One line an outage; how the reasons follow each other is for those who ask.
      log(level: before.lastError == nil ? .warning : .debug, "watch failed", metadata: metadata)
    } else if case .forbidden = now.state {
      // It may be asked for again, and says so when the first watch has told something.
    } else if before.state != now.state {
      info("watch established", metadata: metadata)
    } else {
      info("watch established again", metadata: metadata)
    }
  }
}
