internal import ChangeExecution
internal import ClusterState
package import KubeClient
package import Logging
internal import Platform
internal import Rules
package import WebhookCore

/// A live cluster and how to reach it.
package struct LiveSource: Sendable {
  package let access: ClusterAccess
  private let staleness: Duration

  package static let defaultMaxStalenessSeconds = 120
  package static let minimumMaxStalenessSeconds = Int(WatchLimits.minimumStaleness.components.seconds)

  /// - Parameters:
  ///   - kubeconfig: A file; nil for those of `$KUBECONFIG`, or else for the cluster that this Pod runs in.
  ///   - context: A context of the kubeconfig; nil for its current one.
  ///   - staleness: The time without contact after which the data of a kind are stale.
  package init(
    kubeconfig: String?, context: String?, staleness: Duration = .seconds(defaultMaxStalenessSeconds)
  ) throws(ProgramError) {
    self.staleness = staleness
    do throws(KubeError) {
      access = try Self.access(kubeconfig, context)
    } catch {
      throw ProgramError(error.description)
    }
  }

  private static func access(_ kubeconfig: String?, _ context: String?) throws(KubeError) -> ClusterAccess {
    if let kubeconfig { return try Kubeconfig(file: kubeconfig).access(context: context) }
    if let list = Environment.value("KUBECONFIG"), !list.isEmpty {
      return try Kubeconfig(list: list).access(context: context)
    }
    // A context implies a kubeconfig, and only kubectl's default one is left.
    if let context {
      return try Kubeconfig(file: defaultKubeconfigPath).access(context: context)
    }
    do throws(KubeError) {
      return try ClusterAccess.inCluster()
    } catch {
      // Outside of a Pod the default is kubectl's cluster.
      if File.exists(defaultKubeconfigPath) { return try Kubeconfig(file: defaultKubeconfigPath).access(context: nil) }
      throw KubeError(
        "there is no cluster to ask: neither --cluster-snapshot nor --kubeconfig is given, KUBECONFIG is not set, "
          + "there is no \(defaultKubeconfigPath), and \(error)")
    }
  }

  /// The file that kubectl reads by default.
  private static var defaultKubeconfigPath: String { "\(Environment.value("HOME") ?? "")/.kube/config" }

  /// Why an API server without nodes does not count as a cluster.
  var reasonWithoutNodes: String { ReflectorRunner.reasonWithoutNodes(access) }

  /// Starts to watch the cluster on a thread of its own, until the process ends.
  package func startWatching(_ log: Logger) throws -> SharedClusterCache {
    let cluster = SharedClusterCache(staleness: staleness)
    let access = access
    log.notice("watching the cluster", metadata: ["server": "\(access.server)", "source": "\(access.origin)"])
    try Thread.start(named: "cluster") {
      ReflectorRunner(access, into: cluster) { kind, before, now in log.logChange(kind, before, now) }.run()
    }
    return cluster
  }

  /// Returns a function that returns the current facts, for a command that polls.
  ///
  /// The cluster is listed once, for the best error message, and watched from then on.
  func makeFactsReader() throws -> () throws -> ChangeFacts {
    let start = MonotonicInstant.now
    var listed = ListedFacts(try changeFacts(), at: start, staleness: staleness)
    let cache = try startWatching(Logger(label: "watch") { _ in SwiftLogNoOpLogHandler() })
    return {
      try listed.current(
        at: .now, Result { () throws(UnavailableError) -> ChangeFacts in try cache.changeFacts() })
    }
  }

  /// Lists every kind once.
  func facts() throws -> ClusterFacts { try changeFacts().rules }

  /// Lists every kind once, for the facts and for what uses storage.
  func changeFacts() throws -> ChangeFacts {
    let cluster = SharedClusterCache(staleness: staleness)
    do {
      try ReflectorRunner(access, into: cluster).listOnce()
      return try cluster.changeFacts()
    } catch {
      throw ProgramError("\(access.origin): \(error)")
    }
  }
}

extension Logger {
  /// Logs each state change of a kind.
  fileprivate func logChange(_ kind: WatchedKind, _ before: ReflectorStatus, _ now: ReflectorStatus) {
    var metadata: Logger.Metadata = ["resource": "\(kind.resource.name)", "state": "\(now.state.word)"]
    if let lastError = now.lastError {
      metadata["reason"] = "\(lastError)"
      // One warning per outage; the reasons that follow are for debugging.
      log(level: before.lastError == nil ? .warning : .debug, "watch failed", metadata: metadata)
    } else if case .forbidden = now.state {
      // The resource may be requested again later; the first event of its watch is logged then.
    } else if before.state != now.state {
      info("watch established", metadata: metadata)
    } else {
      info("watch established again", metadata: metadata)
    }
  }
}

extension SharedClusterCache {
  func changeFacts() throws(UnavailableError) -> ChangeFacts {
    let (facts, users) = try currentFactsWithUsers()
    return ChangeFacts(facts.facts, users)
  }
}
