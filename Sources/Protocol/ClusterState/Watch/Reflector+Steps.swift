internal import JSON

// Transitions between the phases.
extension Reflector {
  mutating func begin(_ step: Step, _ now: Duration) -> Action {
    switch step {
    case .list(let continueToken):
      if continueToken.isEmpty { collected = ObjectStore() }
      let decoder = ListItemDecoder(column: listsTable ? kind.resource.statusColumn : nil)
      phase = .listing(decoder, idleDeadline: now + WatchLimits.listIdleTimeout)
      return .request(.list(kind.resource, continuing: continueToken, asTable: listsTable))
    case .watch(let version):
      // The first watch after a failure is short: its end soon proves that the connection works.
      let duration =
        backoff.isReset ? backoff.jittered(watchDuration) : min(watchDuration, WatchLimits.probeWatchTimeout)
      phase = .watching(
        WatchState(version: version, began: now, idleDeadline: now + duration + WatchLimits.watchGracePeriod))
      return .request(.watch(kind.resource, from: version, for: duration))
    case .discover:
      phase = .discovering([], idleDeadline: now + WatchLimits.listIdleTimeout)
      return .request(.discovery(of: kind.resource))
    }
  }

  mutating func addItem(_ item: Span<UInt8>) throws(StreamFailure) {
    do throws(JSONError) {
      try collected.put(item, of: kind, at: ObjectMeta(of: item).name)
    } catch {
      throw .malformed(error)
    }
  }

  mutating func addRow(_ row: Span<UInt8>, _ column: Int) throws(StreamFailure) {
    let row = try TableRow(of: row, column: column)
    collected.put(status: row.text, of: kind, at: row.name)
  }

  /// Finishes a page: requests the next one, or commits the list and watches from its version.
  mutating func finishPage(_ envelope: [UInt8], _ now: Duration, into objects: inout ObjectStore) -> Action {
    guard let list = try? ObjectMeta(of: envelope.span), !list.resourceVersion.isEmpty else {
      fail("the list response is incomplete: it has no metadata.resourceVersion", now)
      return .wait
    }
    if !list.continueToken.isEmpty {
      return begin(.list(continuing: list.continueToken), now)
    }
    objects.replace(kind, from: collected)
    collected = ObjectStore()
    status.state = .synced
    status.lists += 1
    recordContact(now)
    return begin(.watch(from: list.resourceVersion), now)
  }

  mutating func handleEvents(
    _ bytes: Span<UInt8>, _ watching: inout WatchState, _ now: Duration, into objects: inout ObjectStore
  ) throws(StreamFailure) {
    var version = watching.version
    try watching.lines.receive(bytes) { line throws(StreamFailure) in
      let event = try WatchEvent(of: line) { name, object throws(JSONError) in
        try objects.put(&object, of: kind, at: name)
      }
      switch event.change {
      case .put: break
      case .remove: objects.remove(kind, at: event.head.name)
      case .bookmark: break
      case .error: throw .reported(code: event.head.code ?? 0, message: event.head.message)
      }
      if !event.head.resourceVersion.isEmpty { version = event.head.resourceVersion }
      if event.change != .bookmark { status.events += 1 }
      recordContact(now)
      resetBackoff()
    }
    watching.version = version
    watching.idleDeadline = max(watching.idleDeadline, now + watchDuration + WatchLimits.watchGracePeriod)
  }

  /// Handles the end of a watch. An orderly end proves that no event is missing; an end within a line is an error.
  mutating func endWatch(_ watching: borrowing WatchState, _ now: Duration) -> Action {
    phase = .waiting(
      until: max(now, watching.began + WatchLimits.minWatchInterval), then: .watch(from: watching.version))
    if watching.lines.isBetweenLines {
      recordContact(now)
      resetBackoff()
    } else {
      fail("the watch was closed within an event", now)
    }
    return tick(now)
  }

  /// Handles an error in the stream: lists again.
  mutating func handleStreamError(_ failure: StreamFailure, _ now: Duration) -> Action {
    switch failure {
    case .reported(code: 410, _): relist(now)
    case .columnMissing where listsTable:
      // Another definition of the kind than KubeVirt's: its objects say what its columns do not.
      listsTable = false
      phase = .waiting(until: now, then: .list(continuing: ""))
    default: fail(failure.explanation, now, pausing: WatchLimits.backoffRange)
    }
    return .cancel
  }

  mutating func handleErrorResponse(
    to response: borrowing ErrorResponse, _ now: Duration, into objects: inout ObjectStore
  ) -> Action {
    let verb: ReflectorStatus.Verb = if case .watch = response.step { .watch } else { .list }
    let message = (try? ObjectMeta(of: response.text.span))?.message ?? ""
    switch response.code {
    case 401:
      status.lastError = "the API server does not accept the credentials (401)"
      // The client renews the credentials.
      phase = .waiting(until: now + pauseBeforeRepetition(), then: response.step)
      return .wait
    case 404:
      return handleNotFound(after: response.step, message, now, in: &objects)
    case 410:
      relist(now)
    default:
      if response.code == 403 { status.state = .forbidden(verb) }
      phase = .waiting(until: now, then: response.step)
      fail(
        "the API server answered \(response.code)\(message.isEmpty ? "" : ": \(message)")", now,
        pausing: isTemporary(response) ? WatchLimits.outagePauses : WatchLimits.backoffRange)
    }
    return tick(now)
  }
}

extension Reflector {
  /// Whether the same request may soon succeed: the API server is overloaded or unavailable, or has just started. Until its
  /// authorizer has read the roles, it answers 403 for kinds that were readable before.
  private func isTemporary(_ response: borrowing ErrorResponse) -> Bool {
    response.code == 429 || response.code >= 500 || response.code == 403 && status.lists > 0
  }
}

// Status and backoff.
extension Reflector {
  mutating func recordContact(_ now: Duration) {
    status.lastContact = now
    status.lastError = nil
    if status.state == .forbidden(.watch) { status.state = .synced }
  }

  mutating func fail(
    _ reason: String, _ now: Duration, pausing pauses: ClosedRange<Duration> = WatchLimits.outagePauses
  ) {
    status.lastError = reason
    status.failures += 1
    phase = .waiting(until: now + backoff.nextDelay(within: pauses), then: resumeStep())
  }

  /// Lists again, because the server no longer has the version to resume from.
  private mutating func relist(_ now: Duration) {
    phase = .waiting(until: now + pauseBeforeRepetition(), then: .list(continuing: ""))
  }

  private mutating func pauseBeforeRepetition() -> Duration {
    let isFirst = repetition.isReset
    let pause = repetition.nextDelay()
    if !isFirst { status.failures += 1 }
    return isFirst ? .zero : pause
  }

  /// Resets both backoffs, after a successful watch.
  private mutating func resetBackoff() {
    backoff.reset()
    repetition.reset()
  }

  /// The step after the wait; nil while a request is in progress.
  var nextStep: Step? {
    switch phase {
    case .waiting(_, let step): step
    default: nil
    }
  }

  /// Returns the step that resumes after the current one broke off: a list restarts, a watch continues.
  func resumeStep() -> Step {
    switch phase {
    case .waiting(_, let step): step
    case .listing: .list(continuing: "")
    case .watching(let watching): .watch(from: watching.version)
    case .failedResponse(let response): response.step
    case .discovering: .discover
    }
  }
}
