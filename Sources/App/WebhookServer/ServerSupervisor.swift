internal import ClusterSources
internal import Logging
internal import Platform
internal import WebhookCore

/// The main thread's work while the event loops serve: file changes, signals, and the shutdown sequence.
final class ServerSupervisor {
  fileprivate enum Stage {
    case serving
    /// Not ready, still accepting: requests sent before the endpoint is removed are served.
    case draining(until: MonotonicInstant)
    case shuttingDown(until: MonotonicInstant)
    /// The event loops return as soon as they read the command.
    case stopping
    case done
  }

  private let poller: Poller
  private let files: FileWatcher
  private let signals: Signals
  /// Nil for a live cluster.
  private let snapshot: SnapshotReloader?
  private let certificate: CertificateReloader
  private let eventLoopGroup: EventLoopGroup
  private let state: ServerState
  private let log: Logger
  /// The first signal starts the shutdown, the second stops at once.
  private var receivedSignal = false

  init(
    signals: consuming Signals, files: consuming FileWatcher, snapshot: SnapshotReloader?,
    certificate: CertificateReloader,
    eventLoopGroup: EventLoopGroup, state: ServerState, log: Logger
  ) throws {
    poller = try Poller(batch: 8)
    try poller.register(files.descriptor, as: .files, for: .reading)
    try poller.register(signals.descriptor, as: .signals, for: .reading)
    try poller.register(eventLoopGroup.exitWakeup.wakeup.descriptor, as: .loops, for: .reading)
    self.signals = signals
    self.files = files
    self.snapshot = snapshot
    self.certificate = certificate
    self.eventLoopGroup = eventLoopGroup
    self.state = state
    self.log = log
  }

  func run(_ configuration: ServerConfiguration) throws {
    var stage = Stage.serving
    var nextReload: MonotonicInstant?
    var nextCertificateCheck = MonotonicInstant.now + Self.certificateInterval
    while true {
      let now = MonotonicInstant.now
      if let moment = nextReload, moment <= now {
        nextReload = nil
        readFiles()
      }
      if nextCertificateCheck <= now {
        certificate.reload()
        nextCertificateCheck = now + Self.certificateInterval
      }
      stage = next(stage, now, configuration)
      if case .done = stage { break }
      let wakeup = [nextReload, nextCertificateCheck, stage.end].compactMap(\.self).min()
      try poller.wait(until: wakeup) { event in
        switch event.token {
        case .files:
          // A change of one file is often followed by that of another.
          if files.drain(), nextReload == nil { nextReload = .now + Self.reloadDebounce }
        case .signals:
          while let signal = try? signals.next() { stage = handle(signal, in: stage, configuration) }
        default:
          eventLoopGroup.exitWakeup.wakeup.clear()
        }
      }
    }
    if eventLoopGroup.hasFailed { throw ProgramError("an event loop failed; see the log") }
  }

  /// The delay between a change and the reload of the files.
  private static let reloadDebounce: Duration = .milliseconds(50)

  /// The interval of certificate checks without a file event: a link above its folder may have moved, or a certificate
  /// that was rejected as not valid yet may have become valid.
  private static let certificateInterval: Duration = .seconds(10)

  private func readFiles() {
    snapshot?.reload()
    certificate.reload()
    // A file may have become a folder, or a folder a file.
    for path in certificate.source.paths { try? files.watch(path) }
    for path in snapshot?.source.watchedPaths ?? [] { try? files.watch(path) }
  }

  private func next(_ stage: Stage, _ now: MonotonicInstant, _ configuration: ServerConfiguration) -> Stage {
    if !eventLoopGroup.isRunning { return .done }
    switch stage {
    case .serving where eventLoopGroup.hasFailed:
      // A restart of the process gives a complete server.
      return beginDrain(for: .zero)
    case .serving, .stopping, .done:
      return stage
    case .draining(let moment):
      guard moment <= now else { return stage }
      eventLoopGroup.broadcast(.shutDownGracefully)
      return .shuttingDown(until: now + configuration.drainTimeout)
    case .shuttingDown(let moment):
      guard moment <= now else { return stage }
      log.warning("connections are still open after --drain-timeout")
      eventLoopGroup.broadcast(.stopImmediately)
      return .stopping
    }
  }

  private func handle(_ signal: Signals.Signal, in stage: Stage, _ configuration: ServerConfiguration) -> Stage {
    if receivedSignal {
      log.notice("stopping immediately")
      eventLoopGroup.broadcast(.stopImmediately)
      return .stopping
    }
    receivedSignal = true
    // The shutdown may have begun already, because an event loop failed.
    guard case .serving = stage else {
      log.notice("already stopping; another signal stops immediately")
      return stage
    }
    // Ctrl-C comes from an operator at a terminal; SIGTERM from Kubernetes, whose proxies need a moment.
    return beginDrain(for: signal == .interrupt ? .zero : configuration.drainDelay)
  }

  private func beginDrain(for delay: Duration) -> Stage {
    state.isDraining = true
    eventLoopGroup.broadcast(.beginDrain)
    log.notice("stopping", metadata: ["drainDelay": "\(delay)"])
    return .draining(until: .now + delay)
  }
}

extension ServerSupervisor.Stage {
  fileprivate var end: MonotonicInstant? {
    switch self {
    case .draining(let moment), .shuttingDown(let moment): moment
    case .serving, .stopping, .done: nil
    }
  }
}

extension Poller.Token {
  fileprivate static let files = Poller.Token(slot: 0, generation: 0)
  fileprivate static let signals = Poller.Token(slot: 1, generation: 0)
  fileprivate static let loops = Poller.Token(slot: 2, generation: 0)
}
