/// Follows one kind: list it page by page, then watch it from there, and when that breaks, go on where it broke.
///
/// Pure: what happens to the request is told by a method call, and what it returns has to be done next. The caller
/// performs one request at a time for a machine, and calls ``tick(_:)`` when ``nextWakeup`` has come. Times count from any
/// fixed moment.
package struct Reflector: ~Copyable {
  package let kind: WatchedKind
  package internal(set) var status = ReflectorStatus()
  var phase = Phase.waiting(until: .zero, then: .list(continuing: ""))
  /// What was listed so far, until the list is whole.
  var collected = ObjectStore()
  var backoff: Backoff
  /// For what is tried again at once the first time: versions that were forgotten, credentials that were refused.
  var repetition: Backoff
  /// How long one watch lasts: its end is the sign of life of a kind in which nothing happens. Bookmarks are none: the
  /// API server sends them once a minute, but not before something of the kind has changed since it started.
  let watchDuration: Duration
  let notInstalledResync: Duration
  /// Whether the discovery document does not list the kind.
  var isUndiscovered = false

  enum Phase: ~Copyable {
    /// Nothing is asked until then.
    case waiting(until: Duration, then: Step)
    /// A page has been asked for.
    case listing(ListItemDecoder, idleDeadline: Duration)
    /// Events have been asked for.
    case watching(PollLoop)
    /// The answer is no 200, and its text is read for the reason.
    case failedResponse(ErrorResponse)
    /// The discovery document of the kind's API group has been asked for.
    case discovering([UInt8], idleDeadline: Duration)
  }

  /// What is asked for next.
  enum Step {
    case list(continuing: String)
    case watch(from: String)
    case discover
  }

  struct PollLoop: ~Copyable {
    var lines = LineDecoder()
    /// The version of the last whole event; from there one can go on.
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
    /// Drop the request, whose answer is of no use any more.
    case cancel
    /// Drop the request, and its connection too: nothing comes through it.
    case cancelAndDropConnection
    /// The credentials were refused; have new ones before the next request.
    case renewCredentials
  }

  /// - Parameters:
  ///   - staleness: After how long a silent kind no longer counts as known.
  ///   - seed: For the pauses, so that they can be replayed.
  package init(_ kind: WatchedKind, staleness: Duration, seed: UInt64) {
    self.kind = kind
    backoff = Backoff(seed: seed)
    repetition = Backoff(seed: ~seed)
    watchDuration = min(staleness / 2, .seconds(300))
    notInstalledResync = min(staleness / 2, WatchLimits.notInstalledResync)
  }

  private var isDiscovering: Bool {
    switch phase {
    case .discovering: true
    default: false
    }
  }

  /// When ``tick(_:)`` is due.
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

// What happens.
extension Reflector {
  /// Time has passed: what waited begins, what is silent ends.
  package mutating func tick(_ now: Duration) -> Action {
    guard now >= nextWakeup else { return .wait }
    if let nextStep { return begin(nextStep, now) }
    fail("the API server fell silent", now)
    return .cancelAndDropConnection
  }

  /// The head of an answer has come.
  package mutating func responded(_ code: Int, _ now: Duration) -> Action {
    if code == 200 {
      if isDiscovering { return .wait }
      status.lastError = nil
      status.isNotFound = false
      return .wait
    }
    let step = interrupt()
    phase = .failedResponse(ErrorResponse(code: code, step: step, idleDeadline: now + WatchLimits.listIdleTimeout))
    return .wait
  }

  /// A piece of the answer has come; what is whole in it is taken at once.
  package mutating func received(
    _ bytes: Span<UInt8>, _ now: Duration, into objects: inout ObjectStore
  ) -> Action {
    do throws(StreamFailure) {
      switch exchange(&phase, with: .waiting(until: now, then: .list(continuing: ""))) {
      case .waiting(let moment, let step):
        phase = .waiting(until: moment, then: step)
      case .listing(var decoder, _):
        try decoder.receive(bytes) { item throws(StreamFailure) in try collect(item) }
        phase = .listing(decoder, idleDeadline: now + WatchLimits.listIdleTimeout)
      case .watching(var watching):
        try follow(&watching, bytes, now, into: &objects)
        phase = .watching(watching)
      case .failedResponse(var response):
        if response.text.count < WatchLimits.reason { response.text.append(copying: bytes) }
        phase = .failedResponse(response)
      case .discovering(var text, let moment):
        if text.count < WatchLimits.discovery { text.append(copying: bytes) }
        phase = .discovering(text, idleDeadline: moment)
      }
      return .wait
    } catch {
      return handleStreamError(error, now)
    }
  }

  /// The answer has come whole.
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
      return takeDiscovery(text, now, in: &objects)
    }
  }

  /// The request failed, or its answer broke off.
  package mutating func failed(_ reason: String, _ now: Duration) -> Action {
    if nextStep != nil { return .wait }
    fail(reason, now)
    return .wait
  }
}

// What happens to others.
extension Reflector {
  /// The server, which was in trouble, has answered somebody else: no need to wait out a pause.
  package mutating func retryNow(_ now: Duration) {
    guard status.lastError != nil, let nextStep else { return }
    phase = .waiting(until: now, then: nextStep)
    backoff.restart()
  }
}
