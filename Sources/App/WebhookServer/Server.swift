internal import Admission
package import ClusterSources
package import Logging
package import Platform
package import Rules
internal import WebhookCore

/// The options of `serve`.
package struct ServerConfiguration: Sendable {
  package var listen: [String]
  package var certificate: CertificateSource
  package var cluster: ClusterSource
  package var ruleset: RulesetOptions
  /// The time after SIGTERM in which the server still accepts, until no peer is directed here any more.
  package var drainDelay: Duration
  /// The time after that for connections to end.
  package var drainTimeout: Duration
  /// The number of event loops, if there is memory for so many.
  package var processors: Int

  package init(
    listen: [String], certificate: CertificateSource, cluster: ClusterSource, ruleset: RulesetOptions = .init(),
    drainDelay: Duration = .seconds(5), drainTimeout: Duration = .seconds(30), processors: Int = processorCount
  ) {
    self.listen = listen
    self.certificate = certificate
    self.cluster = cluster
    self.ruleset = ruleset
    self.drainDelay = drainDelay
    self.drainTimeout = drainTimeout
    self.processors = processors
  }
}

/// The webhook's server: event loops on their threads, and a supervisor of files and signals on the calling thread.
package enum Server {
  /// Serves until a signal; returns when every connection has ended.
  ///
  /// - Parameter queue: The destination of log lines.
  package static func run(_ configuration: ServerConfiguration, log: Logger, queue: AsyncLogWriter) throws {
    let (descriptors, memory) = (DescriptorLimit.raise(), MemoryLimit.current)
    let budget = ResourceBudget(processors: configuration.processors, descriptors: descriptors, memory: memory)
    try check(descriptors, for: budget, configuration)
    // Before any thread starts, so that no thread receives the signals.
    let signals = try Signals()
    try queue.start()
    record(budget, descriptors, memory, log)
    // The watch begins before the files are read, so that no change is missed in between.
    let files = try makeWatcher()
    for path in configuration.certificate.paths + configuration.cluster.paths { try files.watch(path) }

    let state = ServerState(log: queue, sizing: configuration.ruleset.sizing)
    let certificate = try CertificateReloader(configuration.certificate, metrics: state.metrics, log: log)

    let snapshot = try begin(configuration.cluster, state, log)
    let listeners = try configuration.listen.map { text throws(ProgramError) in
      try ListenOption.open(text, SharedListener.init(on:))
    }
    let reviewer = Reviewer(ruleset: Ruleset(options: configuration.ruleset))
    let handler = RequestHandler(reviewer: reviewer, state: state, log: log)
    let eventLoopGroup = try EventLoopGroup(
      budget: budget, listeners: listeners, tlsContext: certificate.tlsContext, handler: handler, log: log)
    // Event loops without a supervisor would continue to serve.
    defer { eventLoopGroup.broadcast(.stopImmediately) }
    let supervisor = try ServerSupervisor(
      signals: signals, files: files, snapshot: snapshot, certificate: certificate, eventLoopGroup: eventLoopGroup,
      state: state, log: log)
    for listener in listeners {
      log.notice("listening", metadata: ["address": "\(listener.listener.address)"])
    }
    try supervisor.run(configuration)
  }

  private static func check(
    _ descriptors: Int, for budget: ResourceBudget, _ configuration: ServerConfiguration
  ) throws(ProgramError) {
    let least = budget.minimumFileDescriptors(listeners: configuration.listen.count)
    if descriptors >= least { return }
    throw ProgramError(
      "the limit of open files (ulimit -n) is \(descriptors), but must be at least \(least), and one more for each "
        + "connection")
  }

  private static func record(_ budget: ResourceBudget, _ descriptors: Int, _ memory: Int, _ log: Logger) {
    let statistics: Logger.Metadata = [
      "connections": "\(budget.maxConnections)", "eventLoops": "\(budget.eventLoopCount)",
      "bytesInFlight": "\(budget.maxInFlightBytesPerLoop * budget.eventLoopCount)", "descriptors": "\(descriptors)",
      "memory": "\(memory)",
    ]
    if budget.maxConnections < ServerLimits.lowConnectionWarning {
      log.warning("connection limits are low; raise ulimit -n or the memory limit", metadata: statistics)
    } else {
      log.info("connection limits", metadata: statistics)
    }
  }

  private static func makeWatcher() throws -> FileWatcher {
    do throws(Errno) {
      return try FileWatcher()
    } catch {
      guard error == .tooManyOpenFiles else { throw error }
      // inotify_init(2) does not tell which of the two limits it was.
      throw ProgramError(
        "files cannot be watched: the user has too many inotify instances (sysctl fs.inotify.max_user_instances), or the "
          + "process too many files open (ulimit -n)")
    }
  }

  /// Loads the snapshot and returns its reloader, or starts to watch the cluster.
  private static func begin(_ source: ClusterSource, _ state: ServerState, _ log: Logger) throws -> SnapshotReloader? {
    switch source {
    case .snapshot(let source):
      let reloader = SnapshotReloader(source: source, state: state, log: log)
      try reloader.load()
      return reloader
    case .live(let source):
      state.facts.attach(try source.startWatching(log))
      return nil
    }
  }
}
