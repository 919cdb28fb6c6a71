internal import JSON

// The way through the phases.
extension WatchMachine {
  mutating func begin(_ step: Step, _ now: Duration) -> Action {
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

  mutating func collect(_ item: Span<UInt8>) throws(StreamFailure) {
    do throws(JSONError) {
      try collected.put(item, of: kind, at: ObjectHead(of: item).name)
    } catch {
      throw .malformed(error)
    }
  }

  /// A page is whole: ask for the next one, or commit the list and watch from there.
  mutating func turnPage(_ envelope: [UInt8], _ now: Duration, into objects: inout ObjectCollection) -> Action {
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

  mutating func follow(
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
    watching.silentUntil = max(watching.silentUntil, now + watchDuration + WatchLimits.grace)
  }

  /// A watch that ends in order has said all that happened; one that ends within a line was cut off.
  mutating func endWatch(_ watching: borrowing Watching, _ now: Duration) -> Action {
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
  mutating func give(up failure: StreamFailure, _ now: Duration) -> Action {
    switch failure {
    case .reported(code: 410, _): relist(now)
    default: fail(failure.explanation, now)
    }
    return .cancel
  }

  mutating func react(
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

  mutating func fail(_ reason: String, _ now: Duration) {
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
  var nextStep: Step? {
    switch phase {
    case .waiting(_, let step): step
    default: nil
    }
  }

  /// What to ask for after what is being asked for now broke off: a list begins anew, a watch goes on.
  func interrupt() -> Step {
    switch phase {
    case .waiting(_, let step): step
    case .listing: .list(continuing: "")
    case .watching(let watching): .watch(from: watching.version)
    case .refused(let refusal): refusal.step
    }
  }
}
