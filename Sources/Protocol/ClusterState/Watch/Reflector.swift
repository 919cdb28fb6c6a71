/// The state machine that follows one kind: it lists the kind page by page, watches it from there, and resumes after
/// an error.
///
/// Performs no I/O: method calls report the progress of the request and return the next action. The caller performs one
/// request at a time, and calls ``tick(_:)`` at ``nextWakeup``. Times count from any fixed moment.
package struct Reflector: ~Copyable {
  package let kind: WatchedKind
  package internal(set) var status = ReflectorStatus()
  var phase = Phase.waiting(until: .zero, then: .list(continuing: ""))
  /// The objects of the pages so far, until the list is complete.
  var collected = ObjectStore()
  var backoff: Backoff
  /// The backoff of errors whose first retry is immediate: expired versions and rejected credentials.
  var repetition: Backoff
  /// The duration of one watch: its end proves liveness for a kind without changes. Bookmarks do not: the API server
  /// sends them once a minute, but not before something of the kind has changed since it started.
  let watchDuration: Duration
  let absenceRecheckInterval: Duration
  /// Whether the kind is listed as a Table; false where that has no column for the status.
  var listsTable: Bool
  /// Whether the discovery document does not list the kind.
  var isUndiscovered = false

  enum Phase: ~Copyable {
    /// No request is in progress until then.
    case waiting(until: Duration, then: Step)
    /// A page is requested.
    case listing(ListItemDecoder, idleDeadline: Duration)
    /// A watch is requested or in progress.
    case watching(WatchState)
    /// The response status is not 200; its body is read for the reason.
    case failedResponse(ErrorResponse)
    /// The discovery document of the kind's API group is requested.
    case discovering([UInt8], idleDeadline: Duration)
  }

  /// The kind of the next request.
  enum Step {
    case list(continuing: String)
    case watch(from: String)
    case discover
  }

  struct WatchState: ~Copyable {
    var lines = LineDecoder()
    /// The version of the last complete event, to resume from.
    var version: String
    let began: Duration
    var idleDeadline: Duration
  }

  struct ErrorResponse: ~Copyable {
    let code: Int
    var text: [UInt8] = []
    let step: Step
    let idleDeadline: Duration
  }

  package enum Action: Equatable, Sendable {
    case wait
    case request(APIRequest)
    /// Cancel the request; its response is no longer needed.
    case cancel
    /// Cancel the request and close its connection, which delivers nothing.
    case cancelAndDropConnection
  }

  /// - Parameters:
  ///   - staleness: The maximum age of a kind's last contact.
  ///   - seed: The seed of the delays, which makes them reproducible.
  package init(_ kind: WatchedKind, staleness: Duration, seed: UInt64) {
    self.kind = kind
    listsTable = kind.resource.statusColumn != nil
    backoff = Backoff(seed: seed)
    repetition = Backoff(seed: ~seed)
    watchDuration = min(staleness / 2, .seconds(300))
    absenceRecheckInterval = min(staleness / 2, WatchLimits.absenceRecheckInterval)
  }

  private var isDiscovering: Bool {
    switch phase {
    case .discovering: true
    default: false
    }
  }

  /// Whether a list is in progress.
  package var isListing: Bool {
    switch phase {
    case .listing: true
    default: false
    }
  }

  /// The time at which ``tick(_:)`` is due.
  package var nextWakeup: Duration {
    switch phase {
    case .waiting(let moment, _): moment
    case .listing(_, let moment): moment
    case .watching(let watching): watching.idleDeadline
    case .failedResponse(let response): response.idleDeadline
    case .discovering(_, let moment): moment
    }
  }
}

// Events of the request.
extension Reflector {
  /// Starts a step whose wait has ended, or cancels a request that has reached its idle deadline.
  package mutating func tick(_ now: Duration) -> Action {
    guard now >= nextWakeup else { return .wait }
    if let nextStep { return begin(nextStep, now) }
    fail("timed out waiting for the API server", now)
    return .cancelAndDropConnection
  }

  /// Handles the head of a response.
  package mutating func responded(_ code: Int, _ now: Duration) -> Action {
    if code == 200 {
      if isDiscovering { return .wait }
      status.lastError = nil
      status.isNotFound = false
      return .wait
    }
    let step = resumeStep()
    phase = .failedResponse(ErrorResponse(code: code, step: step, idleDeadline: now + WatchLimits.listIdleTimeout))
    return .wait
  }

  /// Handles a part of the response's body; complete items and events are applied at once.
  package mutating func received(
    _ bytes: Span<UInt8>, _ now: Duration, into objects: inout ObjectStore
  ) -> Action {
    do throws(StreamFailure) {
      switch exchange(&phase, with: .waiting(until: now, then: .list(continuing: ""))) {
      case .waiting(let moment, let step):
        phase = .waiting(until: moment, then: step)
      case .listing(var decoder, _):
        try decoder.receive(bytes) { item, column throws(StreamFailure) in
          if let column { try addRow(item, column) } else { try addItem(item) }
        }
        phase = .listing(decoder, idleDeadline: now + WatchLimits.listIdleTimeout)
      case .watching(var watching):
        try handleEvents(bytes, &watching, now, into: &objects)
        phase = .watching(watching)
      case .failedResponse(var response):
        if response.text.count < WatchLimits.errorResponseBytes { response.text.append(copying: bytes) }
        phase = .failedResponse(response)
      case .discovering(var text, let moment):
        if text.count < WatchLimits.discoveryBytes { text.append(copying: bytes) }
        phase = .discovering(text, idleDeadline: moment)
      }
      return .wait
    } catch {
      return handleStreamError(error, now)
    }
  }

  /// Handles the end of the response.
  package mutating func ended(_ now: Duration, into objects: inout ObjectStore) -> Action {
    switch exchange(&phase, with: .waiting(until: now, then: .list(continuing: ""))) {
    case .waiting(let moment, let step):
      phase = .waiting(until: moment, then: step)
      return .wait
    case .listing(let decoder, _):
      return finishPage(decoder.envelope, now, into: &objects)
    case .watching(let watching):
      return endWatch(watching, now)
    case .failedResponse(let response):
      return handleErrorResponse(to: response, now, into: &objects)
    case .discovering(let text, _):
      return handleDiscovery(text, now, in: &objects)
    }
  }

  /// Handles a failed request or an incomplete response.
  package mutating func failed(_ reason: String, _ now: Duration) -> Action {
    if nextStep != nil { return .wait }
    fail(reason, now)
    return .wait
  }
}

// Events of other reflectors.
extension Reflector {
  /// Ends the wait after an error, because the server has responded to another request.
  package mutating func retryNow(_ now: Duration) {
    guard status.lastError != nil, let nextStep else { return }
    phase = .waiting(until: now, then: nextStep)
    backoff.restart()
  }
}
