/// Follows one kind: list it page by page, then watch it from there, and when that breaks, go on where it broke.
///
/// Pure: what happens to the request is told by a method call, and what it returns has to be done next. The caller
/// performs one request at a time for a machine, and calls ``tick(_:)`` when ``wakesAt`` has come. Times count from any
/// fixed moment.
package struct WatchMachine: ~Copyable {
  package let kind: WatchedKind
  package internal(set) var status = KindStatus()
  var phase = Phase.waiting(until: .zero, then: .list(continuing: ""))
  /// What was listed so far, until the list is whole.
  var collected = ObjectCollection()
  var backoff: Backoff
  /// For what is tried again at once the first time: versions that were forgotten, credentials that were refused.
  var repetition: Backoff
  /// How long one watch lasts: its end is the sign of life of a kind in which nothing happens. Bookmarks are none: the
  /// API server sends them once a minute, but not before something of the kind has changed since it started.
  let watchDuration: Duration
  let absencePause: Duration

  enum Phase: ~Copyable {
    /// Nothing is asked until then.
    case waiting(until: Duration, then: Step)
    /// A page has been asked for.
    case listing(ListSplitter, silentUntil: Duration)
    /// Events have been asked for.
    case watching(Watching)
    /// The answer is no 200, and its text is read for the reason.
    case refused(Refusal)
  }

  /// What is asked for next.
  enum Step {
    case list(continuing: String)
    case watch(from: String)
  }

  struct Watching: ~Copyable {
    var lines = LineSplitter()
    /// The version of the last whole event; from there one can go on.
    var version: String
    let began: Duration
    var silentUntil: Duration
  }

  struct Refusal: ~Copyable {
    let code: Int
    var text: [UInt8] = []
    let step: Step
    let silentUntil: Duration
  }

  package enum Action: Equatable, Sendable {
    case wait
    case request(APIRequest)
    /// Drop the request, whose answer is of no use any more.
    case cancel
    /// Drop the request, and its connection too: nothing comes through it.
    case abandon
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
    absencePause = min(staleness / 2, WatchLimits.absence)
  }

  /// When ``tick(_:)`` is due.
  package var wakesAt: Duration {
    switch phase {
    case .waiting(let moment, _): moment
    case .listing(_, let moment): moment
    case .watching(let watching): watching.silentUntil
    case .refused(let refusal): refusal.silentUntil
    }
  }
}

// What happens.
extension WatchMachine {
  /// Time has passed: what waited begins, what is silent ends.
  package mutating func tick(_ now: Duration) -> Action {
    guard now >= wakesAt else { return .wait }
    if let nextStep { return begin(nextStep, now) }
    fail("the API server fell silent", now)
    return .abandon
  }

  /// The head of an answer has come.
  package mutating func responded(_ code: Int, _ now: Duration) -> Action {
    if code == 200 {
      status.trouble = nil
      return .wait
    }
    let step = interrupt()
    phase = .refused(Refusal(code: code, step: step, silentUntil: now + WatchLimits.listSilence))
    return .wait
  }

  /// A piece of the answer has come; what is whole in it is taken at once.
  package mutating func received(
    _ bytes: Span<UInt8>, _ now: Duration, into objects: inout ObjectCollection
  ) -> Action {
    do throws(StreamFailure) {
      switch exchange(&phase, with: .waiting(until: now, then: .list(continuing: ""))) {
      case .waiting(let moment, let step):
        phase = .waiting(until: moment, then: step)
      case .listing(var splitter, _):
        try splitter.receive(bytes) { item throws(StreamFailure) in try collect(item) }
        phase = .listing(splitter, silentUntil: now + WatchLimits.listSilence)
      case .watching(var watching):
        try follow(&watching, bytes, now, into: &objects)
        phase = .watching(watching)
      case .refused(var refusal):
        if refusal.text.count < WatchLimits.reason { refusal.text.append(copying: bytes) }
        phase = .refused(refusal)
      }
      return .wait
    } catch {
      return give(up: error, now)
    }
  }

  /// The answer has come whole.
  package mutating func ended(_ now: Duration, into objects: inout ObjectCollection) -> Action {
    switch exchange(&phase, with: .waiting(until: now, then: .list(continuing: ""))) {
    case .waiting(let moment, let step):
      phase = .waiting(until: moment, then: step)
      return .wait
    case .listing(let splitter, _):
      return turnPage(splitter.envelope, now, into: &objects)
    case .watching(let watching):
      return endWatch(watching, now)
    case .refused(let refusal):
      return react(to: refusal, now, into: &objects)
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
extension WatchMachine {
  /// The server, which was in trouble, has answered somebody else: no need to wait out a pause.
  package mutating func hurry(_ now: Duration) {
    if status.trouble != nil, let nextStep { phase = .waiting(until: now, then: nextStep) }
  }
}
