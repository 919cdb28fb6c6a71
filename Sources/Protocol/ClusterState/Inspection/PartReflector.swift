internal import JSON

/// Lists the objects of one resource for `verify`, and watches them from there.
///
/// Performs no I/O, as ``Reflector``. That serves reviews, which its last facts answer during an outage; this one reports
/// an error at once, because an operator looks at the screen.
package struct PartReflector {
  package enum Action: Equatable, Sendable {
    case wait
    case request(APIRequest)
    /// Cancel the request and close its connection, which delivers nothing.
    case cancelAndDropConnection
  }

  private enum Step {
    case waiting(until: Duration)
    case listing(deadline: Duration)
    case watching(began: Duration, deadline: Duration)
    /// The status of a response to a watch that is not 200.
    case refused(Int, deadline: Duration)
  }

  private let part: VerifySnapshot.Part
  private var step = Step.waiting(until: .zero)
  private var list: PagedList
  /// The objects of a list until it is complete.
  private var collected = VerifySnapshot()
  private var lines = LineDecoder()
  /// Where the watch goes on; empty before a list.
  private var version = ""
  /// The start of the last list.
  private var lastList = .zero - WatchLimits.minWatchInterval
  /// The backoff of lists after watches that cannot go on, until one of them works.
  private var relists: Backoff
  /// Whether there was a complete list, or the cluster may lack the resource and does.
  package private(set) var isListed = false
  /// Why the last request failed; nil after a success.
  package private(set) var error: String?

  /// The time after which the API server ends a watch, in order.
  private static let duration: Duration = .seconds(240)

  /// - Parameter seed: The seed of the delays, which makes them reproducible.
  package init(_ part: VerifySnapshot.Part, seed: UInt64) {
    self.part = part
    list = PagedList(part)
    relists = Backoff(seed: seed)
  }

  package var nextWakeup: Duration {
    switch step {
    case .waiting(let moment): moment
    case .listing(let moment), .watching(_, let moment), .refused(_, let moment): moment
    }
  }

  /// Begins what is due, or gives up a request that has reached its deadline.
  package mutating func tick(_ now: Duration) -> Action {
    guard now >= nextWakeup else { return .wait }
    guard case .waiting = step else {
      fail("timed out waiting for the API server", now)
      return .cancelAndDropConnection
    }
    if version.isEmpty {
      list = PagedList(part)
      collected = VerifySnapshot()
      lastList = now
      step = .listing(deadline: now + WatchLimits.listIdleTimeout)
      return .request(list.firstRequest)
    }
    lines = LineDecoder()
    step = .watching(began: now, deadline: now + Self.duration + WatchLimits.watchGracePeriod)
    return .request(.watch(part.resource, from: version, for: Self.duration))
  }
}

// Events of the request.
extension PartReflector {
  package mutating func responded(_ code: Int, _ now: Duration) {
    switch step {
    case .listing: list.responded(code)
    case .watching(_, let deadline) where code != 200: step = .refused(code, deadline: deadline)
    case .watching: error = nil
    case .waiting, .refused: break
    }
  }

  package mutating func received(
    _ bytes: Span<UInt8>, _ now: Duration, into cluster: inout VerifySnapshot
  ) -> Action {
    switch step {
    case .listing:
      list.received(bytes, into: &collected)
      step = .listing(deadline: now + WatchLimits.listIdleTimeout)
    case .watching:
      follow(bytes, now, into: &cluster)
      // What cannot be read ends the request.
      if case .waiting = step { return .cancelAndDropConnection }
    case .waiting, .refused: break
    }
    return .wait
  }

  package mutating func ended(_ now: Duration, into cluster: inout VerifySnapshot) -> Action {
    switch step {
    case .listing:
      switch list.ended() {
      case .request(let request): return .request(request)
      case .failed(let reason): fail(reason, now)
      case .done: commit(now, into: &cluster)
      }
    case .watching(let began, _):
      step = .waiting(until: max(now, began + WatchLimits.minWatchInterval))
      relists.reset()
      if !lines.isBetweenLines { fail("the watch was closed within an event", now) }
    case .refused(let code, _):
      let reason = "the API server answered \(code) to the watch of \(part.resource.name)"
      // Too old, which is normal; or the resource is gone, which the list decides.
      if code == 410 || code == 404 { listAgain(reason, now) } else { fail(reason, now) }
    case .waiting: break
    }
    return tick(now)
  }

  /// Lists again. That is an error, and the pauses grow, unless a version is too old for the first time since a watch worked.
  private mutating func listAgain(_ reason: String, _ now: Duration, isTooOld: Bool = true) {
    version = ""
    let isNormal = isTooOld && relists.isReset
    let pause = relists.nextDelay()
    if !isNormal { error = reason }
    step = .waiting(until: isNormal ? max(now, lastList + WatchLimits.minWatchInterval) : now + pause)
  }

  /// Handles a failed request, unless what it has delivered has ended it already.
  package mutating func failed(_ reason: String, _ now: Duration) {
    if case .waiting = step { return }
    fail(reason, now)
  }

  private mutating func commit(_ now: Duration, into cluster: inout VerifySnapshot) {
    cluster.replace(part, from: collected)
    collected = VerifySnapshot()
    isListed = true
    error = nil
    version = list.version
    // Without a version the cluster lacks the resource for now.
    step = .waiting(until: version.isEmpty ? now + WatchLimits.absenceRecheckInterval : now)
  }

  private mutating func follow(_ bytes: Span<UInt8>, _ now: Duration, into cluster: inout VerifySnapshot) {
    let part = part
    var version = version
    var works = false
    var failure: StreamFailure?
    do throws(StreamFailure) {
      try lines.receive(bytes) { line throws(StreamFailure) in
        let event = try WatchEvent(of: line) { name, reader throws(JSONError) in
          try cluster.put(line.extracting(try reader.skip()), of: part, at: name)
        }
        switch event.change {
        case .put: break
        case .remove: cluster.remove(part, at: event.head.name)
        case .bookmark: break
        case .error: throw .reported(code: event.head.code ?? 0, message: event.head.message)
        }
        if !event.head.resourceVersion.isEmpty { version = event.head.resourceVersion }
        works = true
      }
    } catch {
      failure = error
    }
    self.version = version
    if works {
      error = nil
      relists.reset()
    }
    guard let failure else { return }
    let isTooOld = if case .reported(code: 410, _) = failure { true } else { false }
    listAgain(failure.explanation, now, isTooOld: isTooOld)
  }

  private mutating func fail(_ reason: String, _ now: Duration) {
    error = reason
    step = .waiting(until: now + WatchLimits.outagePauses.lowerBound)
  }
}
