internal import JSON

/// Follows one kind: list it page by page, then watch it from there, and when that breaks, go on where it broke.
///
/// Pure: what happens to the request is told by a method call, and what it returns has to be done next. The caller
/// performs one request at a time for a machine, and calls ``tick(_:)`` when ``wakesAt`` has come. Times count from any
/// fixed moment.
package struct WatchMachine: ~Copyable {
  package let kind: WatchedKind
  package private(set) var status = KindStatus()
  private var phase = Phase.waiting(until: .zero, then: .list(continuing: ""))
  /// What was listed so far, until the list is whole.
  private var collected = ObjectCollection()
  private var backoff: Backoff
  /// For what is tried again at once the first time: versions that were forgotten, credentials that were refused.
  private var repetition: Backoff
  /// How long one watch lasts: its end is the sign of life of a kind in which nothing happens. Bookmarks are none: the
  /// API server sends them once a minute, but not before something of the kind has changed since it started.
  private let watchDuration: Duration
  private let absencePause: Duration

  private enum Phase: ~Copyable {
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
  private enum Step {
    case list(continuing: String)
    case watch(from: String)
  }

  private struct Watching: ~Copyable {
    var lines = LineSplitter()
    /// The version of the last whole event; from there one can go on.
    var version: String
    let began: Duration
    var silentUntil: Duration
  }

  private struct Refusal: ~Copyable {
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

// The way through the phases.
extension WatchMachine {
  private mutating func begin(_ step: Step, _ now: Duration) -> Action {
    switch step {
    case .list(let mark):
      if mark.isEmpty { collected = ObjectCollection() }
      phase = .listing(ListSplitter(), silentUntil: now + WatchLimits.listSilence)
      return .request(.list(kind.resource, continuing: mark))
    case .watch(let version):
      // The first watch after a failure is short: its end says soon that all is well again.
      let duration = backoff.isRested ? backoff.spread(watchDuration) : min(watchDuration, WatchLimits.trialWatch)
      phase = .watching(Watching(version: version, began: now, silentUntil: now + duration + WatchLimits.grace))
      return .request(.watch(kind.resource, from: version, for: duration))
    }
  }

  private mutating func collect(_ item: Span<UInt8>) throws(StreamFailure) {
    do throws(JSONError) {
      try collected.put(item, of: kind, at: ObjectHead(of: item).name)
    } catch {
      throw .malformed(error)
    }
  }

  /// A page is whole: ask for the next one, or commit the list and watch from there.
  private mutating func turnPage(_ envelope: [UInt8], _ now: Duration, into objects: inout ObjectCollection) -> Action {
    guard let list = try? ObjectHead(of: envelope.span), !list.resourceVersion.isEmpty else {
      fail("the API server sent half a list", now)
      return .wait
    }
    if !list.continuation.isEmpty {
      return begin(.list(continuing: list.continuation), now)
    }
    objects.replace(kind, from: collected)
    collected = ObjectCollection()
    status.standing = .listed
    status.lists += 1
    hear(now)
    return begin(.watch(from: list.resourceVersion), now)
  }

  private mutating func follow(
    _ watching: inout Watching, _ bytes: Span<UInt8>, _ now: Duration, into objects: inout ObjectCollection
  ) throws(StreamFailure) {
    var version = watching.version
    try watching.lines.receive(bytes) { line throws(StreamFailure) in
      let event = try WatchEvent(of: line)
      switch event.change {
      case .put:
        do throws(JSONError) {
          try objects.put(line.extracting(event.object), of: kind, at: event.head.name)
        } catch {
          throw .malformed(error)
        }
      case .remove: objects.remove(kind, at: event.head.name)
      case .bookmark: break
      case .error: throw .reported(code: event.head.code ?? 0, message: event.head.message)
      }
      if !event.head.resourceVersion.isEmpty { version = event.head.resourceVersion }
      if event.change != .bookmark { status.events += 1 }
      hear(now)
      rest()
    }
    watching.version = version
  }

  /// A watch that ends in order has said all that happened; one that ends within a line was cut off.
  private mutating func endWatch(_ watching: borrowing Watching, _ now: Duration) -> Action {
    phase = .waiting(
      until: max(now, watching.began + WatchLimits.betweenWatches), then: .watch(from: watching.version))
    if watching.lines.isBetweenLines {
      hear(now)
      rest()
    } else {
      fail("the watch broke off", now)
    }
    return tick(now)
  }

  /// The stream says what cannot be followed: list anew.
  private mutating func give(up failure: StreamFailure, _ now: Duration) -> Action {
    switch failure {
    case .reported(code: 410, _): relist(now)
    default: fail(failure.explanation, now)
    }
    return .cancel
  }

  private mutating func react(
    to refusal: borrowing Refusal, _ now: Duration, into objects: inout ObjectCollection
  ) -> Action {
    let verb: KindStatus.Verb = if case .watch = refusal.step { .watch } else { .list }
    let message = (try? ObjectHead(of: refusal.text.span))?.message ?? ""
    switch refusal.code {
    case 401:
      status.trouble = "the API server does not accept the credentials (401)"
      phase = .waiting(until: now + pauseBeforeRepetition(), then: refusal.step)
      return .renewCredentials
    case 404:
      objects.replace(kind, from: ObjectCollection())
      status.standing = .absent
      hear(now)
      phase = .waiting(until: now + absencePause, then: .list(continuing: ""))
    case 410:
      relist(now)
    default:
      if refusal.code == 403 { status.standing = .forbidden(verb) }
      phase = .waiting(until: now, then: refusal.step)
      fail("the API server answered \(refusal.code)\(message.isEmpty ? "" : ": \(message)")", now)
    }
    return tick(now)
  }
}

// What is remembered of it.
extension WatchMachine {
  private mutating func hear(_ now: Duration) {
    status.heard = now
    status.trouble = nil
    if status.standing == .forbidden(.watch) { status.standing = .listed }
  }

  private mutating func fail(_ reason: String, _ now: Duration) {
    status.trouble = reason
    status.failures += 1
    phase = .waiting(until: now + backoff.pause(), then: interrupt())
  }

  /// The version that one could go on from is forgotten by the server.
  private mutating func relist(_ now: Duration) {
    phase = .waiting(until: now + pauseBeforeRepetition(), then: .list(continuing: ""))
  }

  private mutating func pauseBeforeRepetition() -> Duration {
    let isFirst = repetition.isRested
    let pause = repetition.pause()
    if !isFirst { status.failures += 1 }
    return isFirst ? .zero : pause
  }

  /// A watch has worked.
  private mutating func rest() {
    backoff.rest()
    repetition.rest()
  }

  /// What is asked for when the wait is over; nil while a request is under way.
  private var nextStep: Step? {
    switch phase {
    case .waiting(_, let step): step
    default: nil
    }
  }

  /// What to ask for after what is being asked for now broke off: a list begins anew, a watch goes on.
  private func interrupt() -> Step {
    switch phase {
    case .waiting(_, let step): step
    case .listing: .list(continuing: "")
    case .watching(let watching): .watch(from: watching.version)
    case .refused(let refusal): refusal.step
    }
  }
}
