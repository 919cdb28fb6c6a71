internal import ClusterSources
internal import ClusterState
internal import KubeClient
internal import Logging
internal import Platform
internal import Registration
internal import WebhookCore

/// Performs the reconciler's actions and watches the objects in between.
final class Registrar {
  private let client: KubeClient
  private let options: RegistrationOptions
  /// The URL to probe; the certificate must be valid for the Service's name, not for the URL's host.
  private let probeURL: String
  /// The current time, in seconds since 1970.
  private let clock: () -> Int64
  private let state: RegistrarState
  private let log: Logger
  private var reconciler: Reconciler
  private var watches: [ObjectWatch]

  /// The ID of the reconciler's requests; those of the watches follow.
  private static let requestID = 0
  private static let requestTimeout: Duration = .seconds(15)
  private static let probeTimeout: Duration = .seconds(3)
  /// Changes often come in pairs: a client writes one configuration after the other.
  private static let debounce: Duration = .milliseconds(50)

  init(
    of source: LiveSource, _ options: RegistrationOptions, probeURL: String?, rotatesCA: Bool = false,
    state: RegistrarState, clock: @escaping () -> Int64 = { WallClock.seconds }, log: Logger
  ) {
    client = KubeClient(source.access)
    self.options = options
    self.probeURL = probeURL ?? "https://\(options.serverNames[0]):\(options.servicePort)"
    self.clock = clock
    self.state = state
    self.log = log
    reconciler = Reconciler(options, rotatesCA: rotatesCA) { .random(in: 1 ... .max) }
    watches = ManagedObject.allCases.map { ObjectWatch($0, options) }
  }

  /// Reconciles after each change, until the process ends.
  func run() {
    while true {
      for index in watches.indices { watches[index].hasChanged = false }
      let result = reconcile()
      report(result)
      waitForChange(atMost: result.requeueAfter)
    }
  }

  /// Reconciles until everything is in the desired state, or until waiting longer would not help.
  func runOnce() throws(ProgramError) -> Bool {
    var failures = 0
    while true {
      let result = reconcile()
      report(result)
      switch result.outcome {
      case .upToDate: return true
      case .propagating: break
      case .webhookUnavailable: return false
      case .blocked(let reason): throw ProgramError(reason)
      case .failed(let failure):
        failures += 1
        if failure.needsOperator || failures == Self.maxAttempts { throw ProgramError(failure.explanation) }
      }
      client.sleep(for: result.requeueAfter)
    }
  }

  private static let maxAttempts = 6
}

// One round.
extension Registrar {
  private func reconcile() -> RoundResult {
    var action = reconciler.begin()
    while true {
      switch action {
      case .request(let request, let operation): action = perform(request, operation)
      case .probe(let caBundle):
        let error = probe(caBundle)
        action = reconciler.probed(error: error, at: clock())
      case .finished(let result): return result
      }
    }
  }

  private func perform(_ request: APIRequest, _ operation: ReconcileOperation) -> Reconciler.Action {
    do throws(KubeError) {
      let (status, body) = try send(request)
      if case .write(let step) = operation { logWrite(step, request, status) }
      return reconciler.responded(status, body, at: clock())
    } catch {
      return reconciler.requestFailed(error.description, at: clock())
    }
  }

  private func logWrite(_ step: ReconcileStep, _ request: APIRequest, _ status: Int) {
    let isWritten = (200..<300).contains(status)
    state.countWrite(isWritten: isWritten)
    let metadata: Logger.Metadata = [
      "purpose": "\(step.purpose)", "method": "\(request.method)",
      "path": "\(request.path.prefix { $0 != "?" })", "status": "\(status)",
    ]
    log.log(level: isWritten ? .notice : .warning, isWritten ? "written" : "not written", metadata: metadata)
  }

  /// Returns why no serving pod responds; nil if one does.
  private func probe(_ caBundle: [UInt8]) -> String? {
    var server = ClusterAccess(server: probeURL, origin: "the webhook's Service")
    server.caBundle = .bytes(caBundle)
    server.serverName = options.serverNames[0]
    do throws(KubeError) {
      let response = try KubeClient(server).send(APIRequest(path: "/readyz"), timeout: Self.probeTimeout)
      if response.status == 200 { return nil }
      return "\(probeURL)/readyz: \(response.status) \(String(decoding: response.body.prefix(256), as: UTF8.self))"
    } catch {
      // With --client-ca the webhook requires a certificate that the registrar does not have. The alert arrives over
      // the connection whose server has just been verified (RFC 8446 section 4.4.2.4).
      if error.description.contains("alert certificate required") { return nil }
      return "\(probeURL): \(error.description)"
    }
  }

  /// Logs each state change of the registration.
  private func report(_ result: RoundResult) {
    let watchError = watches.compactMap(\.error).first
    let reason = result.reason ?? watchError
    let category = result.category ?? watchError.map { _ in "watch" }
    guard state.publish(result, reason: reason, category: category) else { return }
    guard let reason else {
      log.notice("registered", metadata: result.status.metadata)
      return
    }
    log.log(level: result.level, "not registered as desired", metadata: ["reason": "\(reason)"])
  }
}

// Requests and watches over one connection.
extension Registrar {
  private func send(_ request: APIRequest) throws(KubeError) -> (status: Int, body: [UInt8]) {
    try client.send(request, as: Self.requestID, timeout: Self.requestTimeout) { requestID, event in
      handle(event, of: requestID)
    }
  }

  private func waitForChange(atMost delay: Duration) {
    var end = MonotonicInstant.now + delay
    var isDebouncing = false
    while MonotonicInstant.now < end {
      beginWatches()
      waitForEvents(until: min(end, MonotonicInstant.now + RegistrarState.heartbeat))
      state.beat()
      if !isDebouncing, watches.contains(where: \.hasChanged) {
        isDebouncing = true
        end = min(end, .now + Self.debounce)
      }
    }
  }

  private func beginWatches() {
    let now = MonotonicInstant.now
    for index in watches.indices {
      if watches[index].isSilent(at: now) { client.cancelAndDropConnection(Self.requestID + 1 + index) }
      guard let request = watches[index].begin(at: now) else { continue }
      do throws(KubeError) {
        try client.begin(request, for: Self.requestID + 1 + index)
      } catch {
        watches[index].handle(.failed(error.description), at: now)
      }
    }
  }

  private func waitForEvents(until end: MonotonicInstant) {
    let wakeup = watches.reduce(end) { min($0, $1.nextWakeup) }
    client.wait(atMost: max(.milliseconds(1), wakeup - .now)) { requestID, event in handle(event, of: requestID) }
  }

  /// Passes an event to the watch that it belongs to.
  private func handle(_ event: borrowing TransferEvent, of requestID: Int) {
    watches[requestID - Self.requestID - 1].handle(event, at: .now)
  }
}

extension RoundResult {
  fileprivate var level: Logger.Level {
    switch outcome {
    case .upToDate, .propagating, .webhookUnavailable: .notice
    case .blocked: .warning
    case .failed(let failure): failure.needsOperator ? .error : .warning
    }
  }
}
