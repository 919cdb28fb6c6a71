internal import Logging
internal import Platform

/// The main thread's work while the loops serve: files that change, signals, and the order of the end.
final class ServerSupervisor {
  fileprivate enum Stage {
    case serving
    /// Not ready any more, still accepting: requests sent here before the others know find an open door.
    case draining(until: MonotonicInstant)
    case shuttingDown(until: MonotonicInstant)
    /// The loops return as soon as they hear of it.
    case stopping
    case done
  }

  private let poller: Poller
  private let files: FileWatcher
  private let signals: Signals
  /// Nil where the cluster is followed and not read from files.
  private let snapshot: SnapshotReloader?
  private let certificate: CertificateReloader
  private let eventLoopGroup: EventLoopGroup
  private let state: ServerState
  private let log: Logger
  /// The first signal starts the end, the second hurries it.
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
    var readsFilesAt: MonotonicInstant?
    var looksAtCertificateAt = MonotonicInstant.now + Self.certificateInterval
    while true {
      let now = MonotonicInstant.now
      if let moment = readsFilesAt, moment <= now {
        readsFilesAt = nil
        readFiles()
      }
      if looksAtCertificateAt <= now {
        certificate.reload()
        looksAtCertificateAt = now + Self.certificateInterval
      }
      stage = next(stage, now, configuration)
      if case .done = stage { break }
      let next = [readsFilesAt, looksAtCertificateAt, stage.end].compactMap(\.self).min()
      try poller.wait(until: next) { event in
        switch event.token {
        case .files:
          // Whoever replaces one file often replaces another right after it.
          if files.drain(), readsFilesAt == nil { readsFilesAt = .now + Self.reloadDebounce }
        case .signals:
          while let signal = try? signals.next() { stage = handle(signal, in: stage, configuration) }
        default:
          eventLoopGroup.exitWakeup.wakeup.clear()
        }
      }
    }
    if eventLoopGroup.hasFailed { throw ServerError("an event loop failed; see the log") }
  }

  /// How long after a change the files are read.
  private static let reloadDebounce: Duration = .milliseconds(50)

  /// How often the certificate is looked at where no change was told: a link above its folder may have been moved, or a
  /// certificate that was refused because it was not valid yet may have become so.
  private static let certificateInterval: Duration = .seconds(10)

  private func readFiles() {
    snapshot?.reload()
    certificate.reload()
    // What was a file may be a folder now, and the other way round.
    for path in certificate.source.paths { try? files.watch(path) }
    for path in snapshot?.source.watchedPaths ?? [] { try? files.watch(path) }
  }

  private func next(_ stage: Stage, _ now: MonotonicInstant, _ configuration: ServerConfiguration) -> Stage {
    if !eventLoopGroup.isRunning { return .done }
    switch stage {
    case .serving where eventLoopGroup.hasFailed:
      // Whoever starts it again gets a whole server.
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
    // It may be ending already, because a loop could not go on.
    guard case .serving = stage else {
      log.notice("already stopping; another signal stops immediately")
      return stage
    }
    // Ctrl-C comes from somebody who waits for the prompt; SIGTERM from Kubernetes, whose proxies need a moment.
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
